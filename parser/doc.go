// Package parser reads captures and strace logs into events.
package parser
