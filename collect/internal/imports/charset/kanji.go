package charset

import "sync"

// levelOne marks the kanji of JIS X 0208 level 1, which stand in rows 16 to 47, from 一 on.
var levelOne = sync.OnceValue(func() *[0x5200]bool {
	var set [0x5200]bool
	tables := eucTables()
	for row := 15; row <= 46; row++ {
		for _, r := range tables[0][row] {
			if r >= '一' && int(r-'一') < len(set) {
				set[r-'一'] = true
			}
		}
	}
	return &set
})
