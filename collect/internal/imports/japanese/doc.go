// Package japanese reads values as Japanese shop systems write them: full-width digits,
// half-width kana, 和暦 dates, 万 and △ in numbers, ○ and × for yes and no.
//
// Every function works on the bytes of one cell, in UTF-8, and says whether it could be
// read. What cannot be read is never guessed.
package japanese
