// Package carrier undoes what a log of strace went through on its way here:
// compression, encodings, and what CI systems, container engines, loggers,
// mailers and web pages put around or before its lines.
//
// In: bytes as they came. Out: plain text of strace. Line k of it is line k of
// what came (of what was packed, when it came compressed), so that the numbers in
// messages are those of the file. Where several lines were one line of the trace,
// the first holds the whole and the others are empty. Nothing else is lost: a byte
// is in the output or it was the carrier's, and what the traced program printed
// between the lines of the trace passes through. The times that carriers add are
// dropped; strace's own are never touched.
//
// [Unpack] undoes compression, which a capture may have too. [Text] finds out from
// the head of a text which carriers it has, and gives the reader itself back when
// it has none. A carrier is believed when most lines have its form, and more of
// them are strace's once it is off. Carriers may be nested: the outermost is taken
// off first, then the next is looked for.
//
// Each carrier is a stage that lines go through (stage.go). Most are a prefix:
// a function that says how long it is (prefix.go, stamp.go). Some split lines
// (join.go, record.go), some change the text inside (clean.go, markup.go), and
// wrap.go joins what a mailer or a terminal wrapped. Memory is that of the longest
// line, at most 64 MiB and what waits to be joined with it.
//
// Start reading at [Text], then plan in detect.go.
package carrier
