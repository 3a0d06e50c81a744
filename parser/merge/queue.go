package merge

import "container/heap"

// queue is a heap of sources (container/heap), the earliest first.
type queue []*source

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].key < q[j].key }

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].at, q[j].at = i, j
}

func (q *queue) Push(x any) {
	s := x.(*source)
	s.at = len(*q)
	*q = append(*q, s)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return s
}

func (q *queue) fix(s *source) { heap.Fix(q, s.at) }

// second is the key of the source after the earliest, never if there is none.
func (q queue) second() int64 {
	key := int64(never)
	for i := 1; i < min(len(q), 3); i++ {
		key = min(key, q[i].key)
	}
	return key
}

// due calls f with each source that is due as early as the earliest, until f
// says no.
func (q queue) due(f func(*source) bool) {
	if len(q) > 0 {
		q.dueBelow(0, q[0].key, f)
	}
}

func (q queue) dueBelow(i int, key int64, f func(*source) bool) bool {
	if i >= len(q) || q[i].key != key {
		return true
	}
	return f(q[i]) && q.dueBelow(2*i+1, key, f) && q.dueBelow(2*i+2, key, f)
}
