package plan

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

var _ understand.SegmentReader = Reader{}

// Listed is who is on a list: the latest event about a person and a list says so.
func Listed(d Dialect) string {
	list := d.Text("list_id")
	return fmt.Sprintf(`SELECT person, list FROM (SELECT person, list, %s AS name FROM
			(SELECT person, %s AS list, name, time, position FROM %s AS told) AS named WHERE list <> '' GROUP BY person, list) AS latest WHERE name = 'List Joined'`,
		d.LatestBy("name", "(time, position)"), list,
		d.Events("person, name, time, position, "+d.Value("properties", "list_id")+" AS list_id",
			fmt.Sprintf("kind = %d AND type = %d AND name IN ('List Joined', 'List Left')", hitori.KindSystem, hitori.Track)))
}

// passage are the columns of [understand.Passage].
type passage struct{ entered, left sql.Null[int64] }

func (p passage) passage() understand.Passage {
	var read understand.Passage
	if p.entered.Valid {
		read.Entered = time.UnixMilli(p.entered.V).UTC()
	}
	if p.left.Valid {
		read.Left = time.UnixMilli(p.left.V).UTC()
	}
	return read
}

// Told implements [understand.SegmentReader].
func (r Reader) Told(ctx context.Context, segment string) (map[hitori.CustomerID]understand.Passage, error) {
	told := make(map[hitori.CustomerID]understand.Passage)
	build := func(d Dialect) string {
		of := func(name string) string { return d.When("max(time)", "name = '"+name+"'") }
		return fmt.Sprintf(`SELECT person, %s, %s FROM (SELECT person, name, time, %s AS segment FROM %s AS told) AS named WHERE segment = %s GROUP BY person`,
			of("Segment Entered"), of("Segment Left"), d.Text("segment_id"),
			d.Events("person, name, time, "+d.Value("properties", "segment_id")+" AS segment_id",
				fmt.Sprintf("kind = %d AND type = %d AND source_id = %d AND name IN ('Segment Entered', 'Segment Left')",
					hitori.KindSystem, hitori.Track, hitori.SystemSource)), d.Quote(segment))
	}
	return told, r.Query(ctx, build, func(row Row) error {
		var person int64
		var p passage
		err := row.Scan(&person, &p.entered, &p.left)
		told[hitori.CustomerID(person)] = p.passage()
		return err
	})
}

// members are those of a group, as a query of the people.
func members(g understand.Group, from func(table string) string, d Dialect) string {
	if g.List {
		return fmt.Sprintf("SELECT person FROM %s AS l WHERE list = %s", from("listed"), d.Quote(g.ID))
	}
	return fmt.Sprintf("SELECT person FROM %s AS m WHERE segment = %s AND is_in", from("memberships"), d.Quote(g.ID))
}

// with are the people with expressions, the last of which tells whether a person is a member.
func with(d Dialect, g understand.Group, columns string) string {
	return d.People(columns + ", person IN (" + members(g, d.Own, d) + ") AS member")
}

// Count implements [understand.SegmentReader].
func (r Reader) Count(ctx context.Context, g understand.Group) (size, everybody int64, err error) {
	return r.counts(ctx, func(d Dialect) string {
		return "SELECT count(*) FILTER (WHERE member), count(*) FROM " + with(d, g, "person") + " AS p"
	})
}

func (r Reader) counts(ctx context.Context, build func(Dialect) string) (size, everybody int64, err error) {
	err = r.Query(ctx, build, func(row Row) error { return row.Scan(&size, &everybody) })
	return size, everybody, err
}

// Sizes implements [understand.SegmentReader].
func (r Reader) Sizes(ctx context.Context, groups []understand.Group) (sizes []int64, everybody int64, err error) {
	counted := make(map[understand.Group]int64)
	var segments, lists []string
	for _, g := range groups {
		if g.List {
			lists = append(lists, g.ID)
		} else {
			segments = append(segments, g.ID)
		}
	}
	build := func(d Dialect) string {
		people := "(SELECT person FROM " + d.Derived("people") + " AS p)"
		parts := []string{"SELECT '' AS id, false AS is_list, person FROM " + people + " AS everybody"}
		if len(segments) > 0 {
			parts = append(parts, fmt.Sprintf("SELECT segment AS id, false AS is_list, person FROM %s AS m WHERE is_in AND segment IN %s", d.Derived("memberships"), quoted(d, segments)))
		}
		if len(lists) > 0 {
			parts = append(parts, fmt.Sprintf("SELECT list AS id, true AS is_list, person FROM %s AS l WHERE list IN %s", d.Derived("listed"), quoted(d, lists)))
		}
		return fmt.Sprintf("SELECT id, is_list, CAST(count(*) AS BIGINT) FROM (%s) AS belongs JOIN %s AS known ON belongs.person = known.person GROUP BY id, is_list",
			strings.Join(parts, " UNION ALL "), people)
	}
	err = r.Query(ctx, build, func(row Row) error {
		var g understand.Group
		var n int64
		err := row.Scan(&g.ID, &g.List, &n)
		counted[g] = n
		return err
	})
	sizes = make([]int64, len(groups))
	for i, g := range groups {
		sizes[i] = counted[g]
	}
	return sizes, counted[understand.Group{}], err
}

// Members implements [understand.SegmentReader].
func (r Reader) Members(ctx context.Context, g understand.Group, after *understand.MembersPlace, limit int) ([]understand.MembersPlace, error) {
	return r.spenders(ctx, func(d Dialect) string { return "SELECT person FROM " + with(d, g, "person") + " AS p WHERE member" }, after, limit)
}

// spenders is a page of the people of a query, those who spent most first.
func (r Reader) spenders(ctx context.Context, people func(Dialect) string, after *understand.MembersPlace, limit int) ([]understand.MembersPlace, error) {
	var page []understand.MembersPlace
	build := func(d Dialect) string {
		behind := "1 = 1"
		if after != nil {
			behind = fmt.Sprintf("(value < %d OR value = %[1]d AND person > %d)", after.Value, after.Customer)
		}
		return fmt.Sprintf(`SELECT person, value FROM (SELECT person, CAST(coalesce(spend, 0) AS BIGINT) AS value FROM (%s) AS m
			LEFT JOIN (SELECT person, spend FROM %s AS f) AS spent USING (person)) AS valued WHERE %s ORDER BY value DESC, person LIMIT %d`,
			people(d), d.Derived("features"), behind, limit)
	}
	return page, r.Query(ctx, build, func(row Row) error {
		var person int64
		var place understand.MembersPlace
		err := row.Scan(&person, &place.Value)
		place.Customer = hitori.CustomerID(person)
		page = append(page, place)
		return err
	})
}

// Groups implements [understand.SegmentReader].
func (r Reader) Groups(ctx context.Context, person hitori.CustomerID) ([]understand.Belonging, error) {
	var groups []understand.Belonging
	build := func(d Dialect) string {
		return fmt.Sprintf(`SELECT * FROM (SELECT segment AS id, false AS is_list, is_in, entered, "left" FROM %s AS m WHERE person = %d
			UNION ALL SELECT list AS id, true AS is_list, true AS is_in, NULL AS entered, NULL AS "left" FROM %s AS l WHERE person = %[2]d) AS groups_of ORDER BY id`,
			d.Derived("memberships"), person, d.Derived("listed"))
	}
	return groups, r.Query(ctx, build, func(row Row) error {
		var b understand.Belonging
		var p passage
		err := row.Scan(&b.ID, &b.List, &b.In, &p.entered, &p.left)
		b.Passage = p.passage()
		groups = append(groups, b)
		return err
	})
}

// Overlap implements [understand.SegmentReader].
func (r Reader) Overlap(ctx context.Context, groups []understand.Group) (map[uint64]int64, error) {
	counts := make(map[uint64]int64)
	build := func(d Dialect) string {
		bits := make([]string, len(groups))
		for i, g := range groups {
			bits[i] = fmt.Sprintf("CASE WHEN person IN (%s) THEN %d ELSE 0 END", members(g, d.Own, d), 1<<i)
		}
		return "SELECT CAST(mask AS BIGINT) AS mask, count(*) FROM " + d.People(strings.Join(bits, " + ")+" AS mask") + " AS p WHERE mask > 0 GROUP BY mask"
	}
	return counts, r.Query(ctx, build, func(row Row) error {
		var mask, people int64
		err := row.Scan(&mask, &people)
		counts[uint64(mask)] = people
		return err
	})
}

// Vocabulary implements [understand.SegmentReader].
func (r Reader) Vocabulary(ctx context.Context) (understand.Vocabulary, error) {
	var v understand.Vocabulary
	err := r.Query(ctx, func(d Dialect) string {
		return fmt.Sprintf("SELECT DISTINCT name FROM %s AS f WHERE about = %d ORDER BY name", d.Derived("facts"), understand.AboutConsent)
	}, func(row Row) error {
		var name string
		err := row.Scan(&name)
		if channel, purpose, ok := understand.ParseConsentName(name); ok {
			v.Consents = append(v.Consents, [2]string{channel, purpose})
		}
		return err
	})
	if err != nil {
		return v, err
	}
	return v, r.Query(ctx, func(d Dialect) string {
		return fmt.Sprintf(`SELECT survey, question, count(*), count(score) FROM (SELECT %s AS survey, %s AS question, %s AS score FROM %s AS answers) AS answered
			WHERE survey <> '' GROUP BY survey, question ORDER BY survey, question`,
			d.Text("survey_id"), d.Text("question_id"), d.Number("score"),
			d.Events(d.Value("properties", "survey_id")+" AS survey_id, "+d.Value("properties", "question_id")+" AS question_id, "+d.Value("properties", "score")+" AS score",
				fmt.Sprintf("type = %d AND name = 'Survey Answered'", hitori.Track)))
	}, func(row Row) error {
		var q understand.Question
		err := row.Scan(&q.Survey, &q.Name, &q.Answers, &q.Scores)
		v.Questions = append(v.Questions, q)
		return err
	})
}
