package parser

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestMicros(t *testing.T) {
	for range 10000 {
		us := rand.IntN(1000000)
		s := fmt.Sprintf("1.%06d>", us)
		if ns, ok := micros(s, 1, '>'); !ok || ns != int64(us)*1000 {
			t.Fatalf("%q: %d, %v", s, ns, ok)
		}
		if _, ok := micros(s, 1, ' '); ok {
			t.Fatalf("%q ends in a blank", s)
		}
	}
	for i := range 8 { // every other byte in every place
		for c := range 256 {
			s := []byte(".123456 ")
			as := s[i]
			s[i] = byte(c)
			want := s[i] == as || i > 0 && i < 7 && isDigit(s[i])
			if _, ok := micros(string(s), 0, ' '); ok != want {
				t.Errorf("%q: %v", s, ok)
			}
		}
	}
}
