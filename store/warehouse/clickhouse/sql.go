package clickhouse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var literal = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\x00", `\0`)

// quote writes a text as a literal.
func quote(s string) string { return "'" + literal.Replace(s) + "'" }

// quoteName writes the name of a table or database.
func quoteName(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}

// and joins conditions, leaving out empty ones.
func and(conditions ...string) string {
	conditions = slices.DeleteFunc(slices.Clone(conditions), func(c string) bool { return c == "" })
	return strings.Join(conditions, " AND ")
}

// where is and as a clause.
func where(conditions ...string) string {
	if all := and(conditions...); all != "" {
		return " WHERE " + all
	}
	return ""
}

// among selects rows by a column of numbers.
func among[N ~int64 | ~uint8](column string, numbers []N) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("%s = %d", column, numbers[0])
	}
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = strconv.FormatInt(int64(n), 10)
	}
	return column + " IN (" + strings.Join(list, ", ") + ")"
}
