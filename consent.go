package hitori

import "time"

// Consent is what a person said about being contacted (同意), for one channel and purpose.
// The latest statement by time counts; at the same time a withdrawal wins.
type Consent struct {
	// Channel is where the person may be reached: "email", "line", "sms", "push", "postal",
	// "phone", or "web" for measuring and storing on the device.
	Channel string `json:"channel"`
	// Purpose is what for (利用目的), for example "marketing".
	Purpose string    `json:"purpose"`
	Granted bool      `json:"granted"`
	Time    time.Time `json:"time"`
	Source  SourceID  `json:"source"`
	// Proof is how it was said: form, wording, version, address.
	Proof    JSON     `json:"proof,omitempty"`
	Position Position `json:"-"`
}

// Newer reports whether c overrides old.
func (c Consent) Newer(old Consent) bool {
	if !c.Time.Equal(old.Time) {
		return c.Time.After(old.Time)
	}
	if c.Granted != old.Granted {
		return !c.Granted
	}
	return c.Position > old.Position
}

// Newer reports whether t overrides old: the later time wins, then the later position.
func (t Trait) Newer(old Trait) bool {
	if !t.Time.Equal(old.Time) {
		return t.Time.After(old.Time)
	}
	return t.Position > old.Position
}
