package normal

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

var updateAreas = flag.Bool("update", false, "write the table of area codes anew")

// areasFile is the table by which the web app groups the numbers of fixed lines in Japan: for each length of an area
// code (市外局番), the 0 included, what the numbers with such a code begin with, without the 0. Others have four digits.
const areasFile = "../../../web/src/ui/areas.json"

// beginning is how many digits tell how long the area code is.
const beginning = 5

// The web app's table has what the library knows of every number that can be dialled.
func TestAreas(t *testing.T) {
	lengths := make(map[string]string)
	for n := 10_000; n < 100_000; n++ {
		if begins := fmt.Sprint(n); begins[1] != '0' || begins[0] == '6' || begins[0] == '4' { // 070, 080, 090 and 050 are no areas
			lengths[begins] = areaLength(t, begins)
		}
	}
	table := make(map[string]string)
	shorten(lengths, "", table)
	for length, begins := range table {
		list := strings.Fields(begins)
		slices.Sort(list)
		table[length] = strings.Join(list, " ")
	}
	want, err := json.MarshalIndent(table, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *updateAreas {
		if err := os.WriteFile(areasFile, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(areasFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("the table is not what the library knows; -update writes it anew")
	}
}

// areaLength is how many digits the area code has of fixed lines that begin so; empty when there are none.
func areaLength(t *testing.T, begins string) string {
	for _, rest := range []string{"2345", "6789"} {
		number, err := phonenumbers.Parse("+81"+begins+rest, DefaultRegion)
		if err != nil {
			t.Fatal(begins, err)
		}
		kind := phonenumbers.GetNumberType(number)
		if kind == phonenumbers.FIXED_LINE || kind == phonenumbers.FIXED_LINE_OR_MOBILE {
			area, _, _ := strings.Cut(phonenumbers.Format(number, phonenumbers.NATIONAL), "-")
			return fmt.Sprint(len(area))
		}
	}
	return ""
}

// shorten puts the shortest beginnings that tell the length into the table. Numbers that nobody has are told with
// their neighbours. It returns the length when all that begin so have one.
func shorten(lengths map[string]string, begins string, table map[string]string) (length string, alike bool) {
	if len(begins) == beginning {
		return lengths[begins], true
	}
	parts := make(map[string]string)
	var order []string
	alike = true
	for d := range 10 {
		part := begins + fmt.Sprint(d)
		found, all := shorten(lengths, part, table)
		if !all {
			alike = false
			continue
		}
		if found == "" {
			continue
		}
		parts[part] = found
		order = append(order, part)
		if length == "" {
			length = found
		}
		alike = alike && length == found
	}
	if alike && begins != "" {
		return length, true
	}
	for _, part := range order {
		if parts[part] != "4" {
			table[parts[part]] += " " + part
		}
	}
	return "", false
}
