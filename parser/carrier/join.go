package carrier

// record is a line of a carrier that splits long lines of the text.
type record struct {
	text   []byte
	stream uint16 // which of several interleaved texts this is a line of
	more   bool   // the next record of the stream goes on with the line
	goesOn bool   // this record goes on with the last line of the stream
}

// readRecord takes a line apart, in place; false for one that is no record.
type readRecord func(line []byte) (record, bool)

const (
	maxWaiting = 8192 // lines behind one that is not whole; the largest line in docker's pieces
	maxAhead   = 64   // the same where every line has to wait for the next
)

// joinStage puts split lines together: the whole on the first line, the others
// empty.
type joinStage struct {
	read  readRecord
	ahead bool // that a line goes on is said by the next record only
	next  stage
	queue []waiting // the first is open
	held  int       // bytes of text in queue
	spare [][]byte  // buffers to use again
}

type waiting struct {
	text   []byte
	stream uint16
	open   bool // more may come
}

func joining(read readRecord, ahead bool) layer {
	return func(next stage) stage { return &joinStage{read: read, ahead: ahead, next: next} }
}

func (j *joinStage) line(text []byte) {
	r, ok := j.read(text)
	switch {
	case !ok:
		j.plain(text)
	case len(j.queue) == 0 && !r.more && !j.ahead:
		j.next.line(r.text)
	default:
		j.add(r)
	}
}

// plain takes a line that is no record.
func (j *joinStage) plain(text []byte) {
	if len(j.queue) == 0 {
		j.next.line(text)
		return
	}
	j.push(waiting{text: append(j.buffer(), text...)})
	j.release()
}

func (j *joinStage) add(r record) {
	w := j.openLine(r.stream)
	if w != nil && (r.goesOn || !j.ahead) {
		room := max(maxLine-len(w.text), 0)
		part := r.text[:min(len(r.text), room)]
		w.text = append(w.text, part...)
		j.held += len(part)
		w.open = j.ahead || r.more
		j.push(waiting{})
	} else {
		if w != nil {
			w.open = false
		}
		j.push(waiting{text: append(j.buffer(), r.text...), stream: r.stream, open: j.ahead || r.more})
	}
	j.release()
}

// openLine gives the stream's line that is not whole.
func (j *joinStage) openLine(stream uint16) *waiting {
	for i := range j.queue {
		if w := &j.queue[i]; w.open && w.stream == stream {
			return w
		}
	}
	return nil
}

func (j *joinStage) push(w waiting) {
	j.queue = append(j.queue, w)
	j.held += len(w.text)
}

// release gives on the lines that wait for nothing, and the oldest when too many
// wait.
func (j *joinStage) release() {
	most := maxWaiting
	if j.ahead {
		most = maxAhead
	}
	n := 0
	for n < len(j.queue) && (!j.queue[n].open || len(j.queue)-n > most || j.held > 2*maxLine) {
		j.give(j.queue[n].text)
		n++
	}
	j.queue = j.queue[:copy(j.queue, j.queue[n:])]
}

func (j *joinStage) give(text []byte) {
	j.next.line(text)
	j.held -= len(text)
	if cap(text) > 0 && cap(text) <= 64<<10 && len(j.spare) < maxAhead {
		j.spare = append(j.spare, text[:0])
	}
}

func (j *joinStage) buffer() []byte {
	n := len(j.spare)
	if n == 0 {
		return nil
	}
	b := j.spare[n-1]
	j.spare = j.spare[:n-1]
	return b
}

// end gives on what still waits. A last record that says there is more has not
// come whole.
func (j *joinStage) end(whole bool) {
	if n := len(j.queue); n > 0 && j.queue[n-1].open && !j.ahead {
		whole = false
	}
	for _, w := range j.queue {
		j.give(w.text)
	}
	j.queue = nil
	j.next.end(whole)
}
