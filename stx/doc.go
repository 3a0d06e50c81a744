// Package stx is the raw capture file.
package stx
