package access

import (
	"context"
	"strings"
	"testing"
)

func TestPasswordIsKeptAsArgon2id(t *testing.T) {
	h := newHasher(currentCost)
	encoded, err := h.hash(t.Context(), "正しい馬の電池")
	if err != nil || !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(encoded, err)
	}
	again, _ := h.hash(t.Context(), "正しい馬の電池")
	if again == encoded {
		t.Error("no salt")
	}
	check := func(h *hasher, encoded, password string, same, outdated bool) {
		t.Helper()
		gotSame, gotOutdated, err := h.matches(t.Context(), encoded, password)
		if err != nil || gotSame != same || same && gotOutdated != outdated {
			t.Errorf("%q: %t %t %v", password, gotSame, gotOutdated, err)
		}
	}
	check(h, encoded, "正しい馬の電池", true, false)
	check(h, encoded, "正しい馬の電地", false, false)
	check(h, encoded, "", false, false)
	check(h, h.decoy, "", false, false)
	for _, broken := range []string{"", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=19$m=0,t=0,p=0$AAAA$AAAA", strings.Repeat("$", 5)} {
		check(h, broken, "x", false, false)
	}
	// A dearer hash is asked for when the cost has been raised.
	check(newHasher(cost{memory: 32 << 10, passes: 2, threads: 1}), encoded, "正しい馬の電池", true, true)
	// A keyboard may compose letters in another way.
	composed, _ := h.hash(t.Context(), "ガラスの靴と馬車です")
	check(h, composed, "カ\u3099ラスの靴と馬車て\u3099す", true, false)
}

// The example of RFC 9106 is for other parameters; this is the reference implementation's test vector
// (argon2 20190702, test.c: version 0x13, t=2, m=2^16, p=1, "password", "somesalt").
func TestArgon2Reference(t *testing.T) {
	h := newHasher(currentCost)
	same, _, err := h.matches(context.Background(), "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password")
	if err != nil || !same {
		t.Error(same, err)
	}
}

func TestEasyPasswordsAreRefused(t *testing.T) {
	for password, key := range map[string]string{
		"short": "password_short", "みじかいです": "password_short", strings.Repeat("ab", 101): "password_long",
		"1234567890": "password_common", "aaaaaaaaaaaa": "password_common", "ああああああああああ": "password_common",
		"hanako.tanaka@example.jp": "password_common", "Hanako.Tanaka": "password_common", "correct horse": "", "桜の花びらが舞う春の日": "",
	} {
		err := checkPassword(password, "hanako.tanaka@example.jp")
		if (err == nil) != (key == "") || err != nil && !strings.Contains(err.Error(), key) {
			t.Errorf("%q: %v, want %q", password, err, key)
		}
	}
}
