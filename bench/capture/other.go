//go:build !linux

// Command capture compares what it costs to capture a program; it needs Linux.
package main

func main() { panic("capturing needs Linux") }
