package simulate

import (
	"strconv"
	"strings"
	"sync"
)

type city struct {
	prefecture string
	name       string
	postal     string // first three digits
	area       string // area code of fixed lines
	stores     [2]uint8
}

type placeTables struct {
	cities    []city
	chooser   chooser
	towns     []string
	buildings []string
}

var places = sync.OnceValue(func() *placeTables {
	t := &placeTables{towns: strings.Fields(towns), buildings: strings.Fields(buildings)}
	var weights []uint64
	number := 0
	for line := range strings.Lines(prefectures) {
		number++
		fields := strings.Split(strings.TrimSpace(line), ":")
		inhabitants, _ := strconv.ParseUint(fields[1], 10, 64)
		cities := strings.Split(fields[3], ",")
		for _, entry := range cities {
			cityName, postal, _ := strings.Cut(entry, "=")
			t.cities = append(t.cities, city{fields[0], cityName, postal, fields[2], storesNear(number)})
			weights = append(weights, inhabitants*1000/uint64(len(cities)))
		}
	}
	t.chooser = newChooser(weights)
	return t
})

// storesNear are the stores, of storeNames, that people of a prefecture go to; prefectures
// are numbered from north to south.
func storesNear(prefecture int) [2]uint8 {
	switch {
	case prefecture == 1: // 北海道
		return [2]uint8{7, 7}
	case prefecture <= 13: // 東北, 関東
		return [2]uint8{0, 1}
	case prefecture <= 15: // 神奈川, 新潟
		return [2]uint8{2, 0}
	case prefecture <= 24: // 中部, 三重
		return [2]uint8{3, 3}
	case prefecture <= 39: // 近畿, 中国, 四国
		return [2]uint8{4, 5}
	}
	return [2]uint8{6, 6} // 九州, 沖縄
}

// address is a place that looks like one and, but for its city, is made up.
type address struct {
	city                 *city
	postal               string // 154-0012
	town                 string
	chome, banchi, house int
	room                 int
	building             string // empty for a house
}

// address returns the address that an owner has in a stream of draws.
func (s *Shop) address(stream, owner uint64) address {
	t, r := places(), s.rng(stream, owner, 0)
	a := address{city: &t.cities[t.chooser.pick(&r)]}
	a.postal = a.city.postal + "-" + digits(r.below(9000)+1, 4)
	a.town = t.towns[r.below(len(t.towns))]
	a.chome, a.banchi, a.house = 1+r.below(6), 1+r.below(28), 1+r.below(22)
	if r.chance(0.5) {
		a.building, a.room = t.buildings[r.below(len(t.buildings))], 100*(1+r.below(8))+1+r.below(8)
	}
	return a
}

// street is the part below the city as the online shop writes it: 桜台2-13-5 コーポ緑203.
func (a *address) street() string {
	out := a.town + strconv.Itoa(a.chome) + "-" + strconv.Itoa(a.banchi) + "-" + strconv.Itoa(a.house)
	if a.building != "" {
		out += " " + a.building + strconv.Itoa(a.room)
	}
	return out
}

// whole is the address in one line.
func (a *address) whole() string { return a.city.prefecture + a.city.name + a.street() }

// longStreet is the same in another notation: 桜台２丁目１３番５号.
func (a *address) longStreet(withBuilding bool) string {
	out := a.town + strconv.Itoa(a.chome) + "丁目" + strconv.Itoa(a.banchi) + "番" + strconv.Itoa(a.house) + "号"
	if withBuilding && a.building != "" {
		out += a.building + " " + strconv.Itoa(a.room) + "号室"
	}
	return out
}

// digits writes n with leading zeros.
func digits(n, width int) string {
	out := strconv.Itoa(n)
	if len(out) < width {
		out = strings.Repeat("0", width-len(out)) + out
	}
	return out
}
