package access

// Role is what a user is to the shop, which decides what they may do.
type Role string

// The roles.
const (
	Administrator Role = "admin"    // 管理者: everything
	Marketer      Role = "marketer" // マーケター: people with their personal data, and the data they come from
	Analyst       Role = "analyst"  // アナリスト: reads everything, personal data masked
	Sales         Role = "sales"    // 営業: people with their personal data
	Viewer        Role = "viewer"   // 閲覧者: people, personal data masked
)

// Roles lists the roles, from the one with most rights.
func Roles() []Role { return []Role{Administrator, Marketer, Analyst, Sales, Viewer} }

// Scopes returns the rights of a role; none for an unknown one.
func (r Role) Scopes() []Scope {
	switch r {
	case Administrator:
		return Scopes()
	case Marketer:
		return []Scope{CustomersRead, CustomersWrite, PersonalRead, DataRead, DataWrite}
	case Analyst:
		return []Scope{CustomersRead, DataRead}
	case Sales:
		return []Scope{CustomersRead, PersonalRead}
	case Viewer:
		return []Scope{CustomersRead}
	}
	return nil
}

// Has reports whether the role has a right.
func (r Role) Has(scope Scope) bool { return has(r.Scopes(), scope) }
