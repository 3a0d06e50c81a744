//go:build !linux

// Command transparent compares programs' tests with and without stracex; it needs Linux.
package main

func main() { panic("capturing needs Linux") }
