// Package analyze finds why a program failed.
package analyze
