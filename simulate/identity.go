package simulate

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// identity is everything that names a person.
type identity struct {
	family, given name
	birthday      string // 1985-04-12
	email         string // used from registration to the change, if there is one
	newEmail      string
	phone         string // 090-1234-5678
	landline      string // 03-5123-4567, the household's
	home, moved   address
	userID        string
	lineID        string
	card          string
}

// mailDomains are reserved for examples (RFC 2606, and by JPRS for .jp).
var mailDomains = [...]string{"example.com", "example.jp", "example.co.jp", "example.net", "example.org", "example.ne.jp"}

// Numbers that belong to nobody, as tills hold them.
const (
	junkPhone = "0000000000"
	shopPhone = "0312340000"
)

// identity returns who person i is. It depends on nothing but the seed and i.
func (s *Shop) identity(i uint32, b *basics) identity {
	t, r := names(), s.rng(streamIdentity, uint64(i), 0)
	owner := s.household(i, b)
	h := s.rng(streamHousehold, owner, 1)
	id := identity{family: t.families[t.familyChooser.pick(&h)]}
	sex := 1
	if b.female {
		sex = 0
	}
	given := t.given[sex][min(max((b.birth[0]-1950)/10, 0), 5)]
	id.given = given[r.below(len(given))]
	id.birthday = date(b.birth)
	id.home, id.moved = s.address(streamAddress, owner), s.address(streamMove, uint64(i))
	id.landline = landline(id.home.city.area, &h)
	id.phone = mobile(i)
	unique := strconv.FormatUint(36*36*36*36*36+scramble(uint64(i), 30), 36) // always six digits
	id.email = mailName(&id, b, &r) + "." + unique + "@" + mailDomains[r.below(len(mailDomains))]
	id.newEmail = mailName(&id, b, &r) + "." + unique + "n@" + mailDomains[r.below(len(mailDomains))]
	id.userID = userID(b.number)
	id.card = cardNumber(i)
	id.lineID = "U" + hexWords(s.hash(streamIdentity, uint64(i), 1), s.hash(streamIdentity, uint64(i), 2))
	return id
}

// household is the number that people who live together share.
func (s *Shop) household(i uint32, b *basics) uint64 {
	if b.pair {
		return uint64(i/2) | 1<<40
	}
	return uint64(i)
}

func userID(n int) string { return "M" + digits(n+1, 8) }

// scramble is a bijection on numbers of the given number of bits, so that an id does not
// tell who has it. It is three rounds of multiply, add and shift.
func scramble(n uint64, bits uint) uint64 {
	mask := uint64(1)<<bits - 1
	for _, k := range [...]uint64{0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb} {
		n = (n*k + k>>7) & mask
		n ^= n >> (bits/2 + 1)
	}
	return n
}

// mobile gives every person a number of their own among 090, 080 and 070.
func mobile(i uint32) string {
	const each = 90_000_000
	n := (uint64(i)*179_424_673 + 12_345_678) % (3 * each)
	local := strconv.FormatUint(10_000_000+n%each, 10)
	return "0" + strconv.FormatUint(7+n/each, 10) + "0-" + local[:4] + "-" + local[4:]
}

// landline is a number of ten digits in the area.
func landline(area string, r *rng) string {
	exchange := 6 - len(area) // digits between area code and the last four
	return area + "-" + digits(2+r.below(7), 1) + digits(r.below(tens(exchange-1)), exchange-1) + "-" + digits(r.below(10_000), 4)
}

func tens(n int) int {
	out := 1
	for ; n > 0; n-- {
		out *= 10
	}
	return out
}

// cardNumber is 29 and eleven digits, the last a check digit (modulus 10 of weights 1 and 3).
func cardNumber(i uint32) string {
	body := "29" + digits(int(scramble(uint64(i), 32)), 10)
	sum := 0
	for k, c := range body {
		sum += int(c-'0') * (1 + 2*(k%2))
	}
	return body + strconv.Itoa((10-sum%10)%10)
}

func mailName(id *identity, b *basics, r *rng) string {
	switch r.below(4) {
	case 0:
		return id.given.romaji + "." + id.family.romaji
	case 1:
		return id.family.romaji + "-" + id.given.romaji[:1]
	case 2:
		return id.given.romaji + digits(b.birth[1], 2) + digits(b.birth[2], 2)
	}
	return id.family.romaji + strconv.Itoa(b.birth[0]%100)
}

// date writes year, month and day as 1985-04-12.
func date(d [3]int) string {
	return digits(d[0], 4) + "-" + digits(d[1], 2) + "-" + digits(d[2], 2)
}

func hexWords(a, b uint64) string {
	var raw [16]byte
	for k := range 8 {
		raw[k], raw[8+k] = byte(a>>(56-8*k)), byte(b>>(56-8*k))
	}
	return hex.EncodeToString(raw[:])
}

// uuid is a version 4 UUID made of two words.
func appendUUID(dst []byte, a, b uint64) []byte {
	const hexDigits = "0123456789abcdef"
	a = a&^(0xf<<12) | 4<<12
	b = b&^(3<<62) | 2<<62
	for k := range 16 {
		v := a
		if k >= 8 {
			v = b
		}
		octet := byte(v >> (56 - 8*(k%8)))
		dst = append(dst, hexDigits[octet>>4], hexDigits[octet&15])
		if k == 3 || k == 5 || k == 7 || k == 9 {
			dst = append(dst, '-')
		}
	}
	return dst
}

// appendAnonymousID is the id that the browser on a device keeps in its nth cookie.
func (s *Shop) appendAnonymousID(dst []byte, i uint32, b *basics, device, cookie uint8) []byte {
	owner, slot := uint64(i), uint64(device)
	if s.onTablet(b, device) {
		owner, slot = s.household(i, b), 7
	}
	key := slot<<16 | uint64(cookie)
	return appendUUID(dst, s.hash(streamDevice, owner, key<<1), s.hash(streamDevice, owner, key<<1|1))
}

func (s *Shop) onTablet(b *basics, device uint8) bool {
	return b.tablet && int(device) == b.devices-1
}

// cardRecord is what the stores' system holds of a card holder: often the same person, not
// always the same spelling.
type cardRecord struct {
	card                  string
	family, given         string
	familyKana, givenKana string
	phone, email          string
	postal, state, city   string
	street                string
	birthday              string
	// phoneOf is whose number it is: "own", "household", "partner", "junk", "shop" or
	// "none".
	phoneOf string
	// variants names the ways in which the record differs from the person's own spelling.
	variants []string
}

// cardRecord returns the record of a card holder.
func (s *Shop) cardRecord(i uint32, b *basics, id *identity) cardRecord {
	r := s.rng(streamStoreRecord, uint64(i), 0)
	c := cardRecord{
		card: id.card, family: id.family.kanji, given: id.given.kanji, familyKana: id.family.kana, givenKana: id.given.kana,
		birthday: id.birthday, email: id.email,
	}
	c.spellName(&r, b, id)
	c.spellAddress(&r, &id.home)
	s.spellPhone(&c, &r, i, b, id)
	switch u := r.float(); {
	case u < 0.45:
		c.email = ""
	case u < 0.65:
		c.email = strings.Replace(id.email, "@", "o@", 1)
		c.differs("old_email")
	}
	switch u := r.float(); {
	case u < 0.15:
		c.birthday = ""
	case u < 0.17:
		c.birthday = date([3]int{b.birth[0], b.birth[1], b.birth[2]%28 + 1})
		c.differs("birthday_typo")
	}
	return c
}

func (c *cardRecord) differs(how string) { c.variants = append(c.variants, how) }

func (c *cardRecord) spellName(r *rng, b *basics, id *identity) {
	t := names()
	if other := t.variants[id.family.kanji]; len(other) > 0 && r.chance(0.6) {
		c.family = other[r.below(len(other))]
		c.differs("family_kanji")
	}
	if b.female && r.chance(0.05) {
		maiden := t.families[t.familyChooser.pick(r)]
		if maiden.kana != id.family.kana {
			c.family, c.familyKana = maiden.kanji, maiden.kana
			c.differs("married_name")
		}
	}
	sex := 1
	if b.female {
		sex = 0
	}
	if other := t.homophones[sex][id.given.kanji]; len(other) > 0 && r.chance(0.05) {
		c.given = other[r.below(len(other))].kanji
		c.differs("given_kanji")
	}
	switch u := r.float(); {
	case u < 0.40:
		c.familyKana, c.givenKana = halfWidthKana(c.familyKana), halfWidthKana(c.givenKana)
		c.differs("half_width_kana")
	case u < 0.50:
		c.familyKana, c.givenKana = hiragana(c.familyKana), hiragana(c.givenKana)
		c.differs("hiragana")
	case u < 0.60:
		c.familyKana, c.givenKana = "", ""
	}
}

func (c *cardRecord) spellAddress(r *rng, home *address) {
	c.postal, c.state, c.city, c.street = home.postal, home.city.prefecture, home.city.name, home.street()
	if r.chance(0.5) {
		c.street = home.longStreet(r.chance(0.6))
		c.differs("street_notation")
	}
	if r.chance(0.4) {
		c.street, c.postal = fullWidth(c.street), fullWidth(c.postal)
		c.differs("full_width_digits")
	} else if r.chance(0.4) {
		c.postal = strings.Replace(c.postal, "-", "", 1)
		c.differs("postal_without_hyphen")
	}
	if r.chance(0.2) {
		c.state = ""
		c.differs("no_prefecture")
	}
}

func (s *Shop) spellPhone(c *cardRecord, r *rng, i uint32, b *basics, id *identity) {
	u := r.float()
	switch {
	case u < 0.70:
		c.phone, c.phoneOf = id.phone, "own"
	case u < 0.77:
		c.phone, c.phoneOf = id.landline, "household"
	case u < 0.84 && b.pair:
		c.phone, c.phoneOf = mobile(i^1), "partner"
	case u < 0.87:
		c.phone, c.phoneOf = junkPhone, "junk"
	case u < 0.89:
		c.phone, c.phoneOf = shopPhone, "shop"
	default:
		c.phoneOf = "none"
		return
	}
	switch u := r.float(); {
	case u < 0.5:
		if c.phoneOf == "own" || c.phoneOf == "household" {
			c.differs("phone_without_hyphen")
		}
		c.phone = strings.ReplaceAll(c.phone, "-", "")
	case u < 0.58:
		c.phone = fullWidth(c.phone)
		c.differs("full_width_phone")
	}
}
