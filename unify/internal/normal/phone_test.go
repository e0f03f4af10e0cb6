package normal

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// What is read without the library is what the library reads, whatever the numbers begin with.
func TestDomestic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	forms := []string{"%[1]s%[2]s%[3]s", "%[1]s-%[2]s-%[3]s", "%[1]s%[2]s-%[3]s", "%[1]s--%[2]s%[3]s"}
	read := 0
	for head := range 10_000 {
		for digits := 8; digits <= 13; digits++ {
			rest := fmt.Sprintf("%010d", r.IntN(10_000_000_000))[:digits-4]
			for _, form := range forms {
				s := fmt.Sprintf(form, fmt.Sprintf("%04d", head), rest[:2], rest[2:])
				value, ok := domestic(s)
				if !ok {
					continue
				}
				read++
				number, err := phonenumbers.Parse(s, DefaultRegion)
				if err != nil || !phonenumbers.IsPossibleNumber(number) || phonenumbers.Format(number, phonenumbers.E164) != value {
					t.Fatalf("%s is read as %s, not %v, %v", s, value, number, err)
				}
			}
		}
	}
	if read != 890*2*4 {
		t.Errorf("%d numbers were read, want 890 beginnings in two lengths and four forms", read)
	}
	for _, s := range []string{"", "0", "-0901112233", "0901112233-", "0011112222", "0101234567", "01012345678", "９０１１１１２２３３", "81901111222", "090111122334"} {
		if value, ok := domestic(s); ok {
			t.Errorf("%q is read as %s", s, value)
		}
	}
}
