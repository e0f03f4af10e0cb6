package hitori

import (
	"math"
	"slices"
	"strconv"
)

// Currency is an ISO 4217 code such as "JPY".
type Currency string

// JPY is the default currency; it has no decimals.
const JPY Currency = "JPY"

// The currencies whose minor unit has no decimals, or three of them (ISO 4217).
var (
	wholeCurrencies      = []Currency{"", JPY, "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF"}
	thousandthCurrencies = []Currency{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
)

// Exponent is how many decimals the minor unit has (ISO 4217): 0 for the yen, 2 for most.
func (c Currency) Exponent() int {
	switch {
	case slices.Contains(wholeCurrencies, c):
		return 0
	case slices.Contains(thousandthCurrencies, c):
		return 3
	}
	return 2
}

// CurrenciesOf lists the currencies of an exponent; all that are of none such have 2.
func CurrenciesOf(exponent int) []Currency {
	switch exponent {
	case 0:
		return slices.Clone(wholeCurrencies)
	case 3:
		return slices.Clone(thousandthCurrencies)
	}
	return nil
}

// Minor turns an amount in major units into minor units, rounding half away from zero.
// It reports false when the amount is not a number or does not fit.
func (c Currency) Minor(amount float64) (int64, bool) {
	v := math.Round(amount * math.Pow10(c.Exponent()))
	if math.IsNaN(v) || math.Abs(v) > 1<<53 {
		return 0, false
	}
	return int64(v), true
}

// Money is an amount in minor units of a currency.
type Money struct {
	Amount   int64
	Currency Currency
}

// Major is the amount in major units, for example dollars.
func (m Money) Major() float64 { return float64(m.Amount) / math.Pow10(m.Currency.Exponent()) }

// String writes the amount with its currency, for example "1980 JPY" or "11.77 USD".
func (m Money) String() string {
	return strconv.FormatFloat(m.Major(), 'f', m.Currency.Exponent(), 64) + " " + string(m.Currency)
}
