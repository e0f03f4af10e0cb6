package api

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Who may not see personal data gets answers in which they are masked: h•••@example.jp, the last four
// digits of a telephone number hidden, 山•••. Every answer goes through here, on its way
// out, so that no operation can forget it. What a customer is known by inside, ids of
// customers, members, cards and browsers, is shown: without it nobody could work.

// hidden stands for what is not shown.
const hidden = "•••"

// conceal masks personal data in an answer, in place.
func conceal(answer any) { concealValue(reflect.ValueOf(answer)) }

// concealValue looks for the types that hold personal data.
func concealValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			concealValue(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			concealValue(v.Index(i))
		}
	case reflect.Map:
		concealMap(v)
	case reflect.String:
		if v.Type() == reflect.TypeFor[hitori.JSON]() && v.CanSet() {
			v.SetString(string(maskJSON(hitori.JSON(v.String()), "", ofEvent)))
		}
	case reflect.Struct:
		if v.CanAddr() && concealStruct(v.Addr().Interface()) {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				concealValue(v.Field(i))
			}
		}
	}
}

// concealMap masks the values of a map, which cannot be changed in place.
func concealMap(m reflect.Value) {
	for _, key := range m.MapKeys() {
		changed := reflect.New(m.Type().Elem()).Elem()
		changed.Set(m.MapIndex(key))
		if trait, ok := changed.Addr().Interface().(*hitori.Trait); ok {
			trait.Value = maskJSON(trait.Value, key.String(), ofPerson)
		} else {
			concealValue(changed)
		}
		m.SetMapIndex(key, changed)
	}
}

// concealStruct masks a struct of a known type and reports whether nothing is left to do.
func concealStruct(pointer any) bool {
	switch v := pointer.(type) {
	case *hitori.Identifier:
		v.Value = maskIdentifier(*v)
		return true
	case *hitori.Problem:
		v.Detail = maskText(v.Detail, false)
		return true
	case *hitori.Consent:
		v.Proof = maskJSON(v.Proof, "", ofPerson)
		return true
	case *unify.Card:
		v.Name, v.Kana, v.Email, v.Phone = maskName(v.Name), maskName(v.Kana), maskEmail(v.Email), maskPhone(v.Phone)
		return true
	case *unify.Customer:
		v.Name, v.Kana = maskName(v.Name), maskName(v.Kana)
	case *unify.CustomerMembership:
		company := v.Kind == "company"
		if !company {
			v.Name = maskName(v.Name)
		}
		for name, value := range v.Traits {
			if !company || name != "name" {
				v.Traits[name] = maskJSON(value, name, ofPerson)
			}
		}
		return true
	case *Event:
		v.maskPersonal()
		return true
	case *HeldEvent:
		v.Properties = maskJSON(v.Properties, "", ofPerson) // what is wrong with it may be that a person stands where a product should
		v.Event.maskPersonal()
		v.UserID, v.Anonymous, v.Raw = maskText(v.UserID, true), maskText(v.Anonymous, true), maskJSON(v.Raw, "", ofPerson)
		for i := range v.Problems {
			concealStruct(&v.Problems[i])
		}
		return true
	case *samplesOutput:
		path := strings.Split(strings.ReplaceAll(v.path, "[]", ""), ".")
		subject := ofEvent
		if slices.Contains(path, "traits") {
			subject = ofPerson
		}
		for i := range v.Values {
			v.Values[i] = maskJSON(v.Values[i], path[len(path)-1], subject)
		}
		return true
	case *Job:
		v.Arguments, v.Result = maskJSON(v.Arguments, "", ofJob), maskJSON(v.Result, "", ofJob)
		if v.Error != nil {
			for name, value := range v.Error.Args {
				v.Error.Args[name] = maskText(value, false)
			}
		}
		v.Reason = maskText(v.Reason, false)
		return true
	}
	return false
}

func (e *Event) maskPersonal() {
	subject := ofEvent
	if _, documented := hitori.LookupEvent(e.Name); e.Type == hitori.Track.String() && !documented {
		subject = ofPerson // what "name" is in it is anybody's guess
	}
	e.Properties, e.Traits, e.Context = maskJSON(e.Properties, "", subject), maskJSON(e.Traits, "", ofPerson), maskJSON(e.Context, "", ofEvent)
}

// subject is what a JSON document is about, which decides what the names in it mean: a
// person's "name" is personal, a product's is not.
type subject uint8

const (
	ofEvent subject = iota
	ofPerson
	ofJob
)

// maskJSON masks a value that goes by a name; an empty name is the document itself.
func maskJSON(j hitori.JSON, name string, about subject) hitori.JSON {
	switch j.Type() {
	case hitori.JSONObject:
		if name == "traits" || name == "Traits" {
			about = ofPerson
		}
		all := name != "" && personal(name, about)
		kind := j.Member("type").Text() // of an identifier: {"type":"line_id","id":"U4af"}
		var b strings.Builder
		separator := "{"
		for member, value := range j.Members() {
			inner := member
			switch {
			case all && !region(member):
				inner = name
			case (member == "id" || member == "value") && personal(kind, about):
				inner = kind
			}
			b.WriteString(separator + quote(maskText(member, true)) + ":" + string(maskJSON(value, inner, about)))
			separator = ","
		}
		if separator == "{" {
			return "{}"
		}
		return hitori.JSON(b.String() + "}")
	case hitori.JSONArray:
		var elements []string
		for element := range j.Elements() {
			elements = append(elements, string(maskJSON(element, name, about)))
		}
		return hitori.JSON("[" + strings.Join(elements, ",") + "]")
	case hitori.JSONString:
		text := j.Text()
		if masked := maskNamed(text, name, about); masked != text {
			return hitori.JSON(quote(masked))
		}
	case hitori.JSONNumber:
		if personal(name, about) {
			return hitori.JSON(quote(maskNamed(j.Text(), name, about)))
		}
	}
	return j
}

func quote(text string) string {
	b, _ := json.Marshal(text) // a text always has a JSON form
	return string(b)
}

// maskNamed masks a text by what its name says it is, or by what it looks like.
func maskNamed(text, name string, about subject) string {
	if !personal(name, about) {
		return maskText(text, identifies(name))
	}
	name = plainName(name)
	switch {
	case emailPattern.MatchString(norm.NFKC.String(text)):
		return maskText(text, false)
	case containsAny(name, "phone", "mobile", "fax", "電話", "携帯") || name == "tel":
		return maskPhone(text)
	case containsAny(name, "birth", "生年月日", "誕生日") && yearFirst.MatchString(text):
		return text[:4] + hidden
	}
	return maskName(text)
}

// The parts of names that say a value is personal: for any document, and for one about a person.
var (
	personalParts = []string{
		"mail", "phone", "mobile", "fax", "address", "street", "zip", "postal", "postcode", "birth", "kana", "furigana", "recipient",
		"firstname", "lastname", "fullname", "givenname", "familyname", "middlename", "customername", "username", "nickname", "contactname",
		"surname", "lineid", "passport", "signature",
		"氏名", "名前", "姓", "カナ", "かな", "フリガナ", "ふりがな", "電話", "携帯", "メール", "住所", "番地", "郵便", "生年月日", "誕生日", "宛名", "宛先", "届け先",
	}
	personParts = []string{"name", "note", "memo", "comment", "備考", "メモ"}
	// otherNames are the names of what is no person.
	otherNames = []string{"product", "store", "shop", "plan", "rank", "company", "brand", "category", "campaign", "event", "coupon"}
)

// personal reports whether a name says that its value is personal.
func personal(name string, about subject) bool {
	name = plainName(name)
	switch {
	case name == "":
		return false
	case name == "tel" || name == "ip" || name == "名" || containsAny(name, personalParts...):
		return true
	case about == ofJob:
		return name == "value" // a cell of somebody's file
	}
	return about == ofPerson && containsAny(name, personParts...) && !containsAny(name, otherNames...)
}

// region reports whether a name says that its value is a part of an address in which many live.
func region(name string) bool {
	return slices.Contains([]string{"prefecture", "state", "region", "country", "countrycode", "都道府県", "国"}, plainName(name))
}

// identifies reports whether a name says that its value is an id, which may look like a telephone number.
func identifies(name string) bool {
	name = plainName(name)
	for _, end := range []string{"id", "sku", "code", "no", "number", "番号", "コード"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

func plainName(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", "$", "").Replace(strings.ToLower(norm.NFKC.String(name)))
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// maskIdentifier masks what reaches a person; ids that a shop or a browser gave are shown,
// unless somebody used an address as one.
func maskIdentifier(id hitori.Identifier) string {
	switch id.Kind {
	case hitori.Email:
		return maskEmail(id.Value)
	case hitori.Phone:
		return maskPhone(id.Value)
	case hitori.UserID, hitori.Card, hitori.AnonymousID:
		return maskText(id.Value, true)
	}
	return maskName(id.Value)
}

// maskName leaves the first letter: 山•••.
func maskName(text string) string {
	if text == "" {
		return ""
	}
	letters := []rune(strings.TrimSpace(text))
	if len(letters) < 2 || !unicode.IsLetter(letters[0]) && !unicode.IsDigit(letters[0]) {
		return hidden
	}
	return string(letters[0]) + hidden
}

// maskEmail leaves the first letter and the domain: h•••@example.jp.
func maskEmail(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return maskName(text)
	}
	return maskName(text[:at]) + text[at:]
}

// maskPhone hides the last four digits.
func maskPhone(text string) string {
	letters := []rune(text)
	left := 4
	for i := len(letters) - 1; i >= 0 && left > 0; i-- {
		if unicode.IsDigit(letters[i]) {
			letters[i] = '•'
			left--
		}
	}
	if left > 0 { // no telephone number
		return maskName(text)
	}
	return string(letters)
}

var (
	yearFirst    = regexp.MustCompile(`^(19|20)[0-9]{2}`)
	emailPattern = regexp.MustCompile(`[^\s<>"'(),;:@/=&?]+(@|%40)[\p{L}\p{N}_.-]+`)
	// numberPattern is what may be a telephone number; see maskNumber.
	numberPattern = regexp.MustCompile(`\+?\(?[0-9][0-9()\s.\-\x{2010}-\x{2015}\x{2212}\x{30FC}\x{FF70}]{7,22}[0-9]`)
)

// maskText masks the addresses and telephone numbers in a text. An id is a text that may be ten digits
// by chance.
func maskText(text string, id bool) string {
	folded := norm.NFKC.String(text) // full-width letters and digits
	masked := emailPattern.ReplaceAllStringFunc(folded, func(found string) string {
		i := strings.LastIndex(found, "@")
		if i < 0 {
			i = strings.LastIndex(found, "%40")
		}
		return maskName(found[:i]) + found[i:]
	})
	masked = numberPattern.ReplaceAllStringFunc(masked, func(found string) string { return maskNumber(found, id) })
	if masked == folded {
		return text
	}
	return masked
}

// maskNumber masks a run of digits if it is a telephone number: Japanese with or without
// country code, or any with one.
func maskNumber(text string, id bool) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if len(digits) > 15 { // several in a row
		fields := strings.Fields(text)
		if len(fields) < 2 {
			return text
		}
		for i := range fields {
			fields[i] = maskNumber(fields[i], id)
		}
		return strings.Join(fields, " ")
	}
	national := digits
	abroad := strings.HasPrefix(text, "+")
	if rest, ok := strings.CutPrefix(digits, "81"); ok && len(digits) >= 11 {
		national = "0" + strings.TrimPrefix(rest, "0")
	}
	switch {
	case abroad && len(digits) >= 8:
	case len(national) == 11 && national[0] == '0' && strings.ContainsRune("5789", rune(national[1])) && national[2] == '0':
	case len(national) == 10 && national[0] == '0' && national[1] != '0' && (len(text) > len(digits) || !id):
	default:
		return text
	}
	return maskPhone(text)
}
