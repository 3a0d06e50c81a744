package tracer

import (
	"fmt"
	"os"
	"strconv"
)

// A futex is a word of memory: the kernel doesn't know whom a thread waits for, but the
// word often does.

// futexOwner says which thread holds the lock that a thread waits for, or has to end
// first; "" when that can't be told. Of a lock that knows its owner the word is that
// thread's id (linux/futex.h, FUTEX_TID_MASK). The C library's plain mutex is 2 when
// somebody waits, with the owner two words on; pthread_join waits on the word that the
// kernel clears when the thread has ended (set_tid_address(2)), not privately.
func futexOwner(t *thread, c *call) string {
	const waitersBit, tidMask, contended, private = 1 << 31, 1<<30 - 1, 2, 128
	op, expected := c.args[1]&0x7f, uint32(c.args[2])
	word, owner, ok := futexWords(t, c.args[0])
	if !ok {
		return ""
	}
	switch {
	case op == 6 || op == 13, word&waitersBit != 0: // FUTEX_LOCK_PI, FUTEX_LOCK_PI2
		return holdsMutex(t, int(word&tidMask))
	case op != 0 && op != 9 || word != expected: // FUTEX_WAIT, FUTEX_WAIT_BITSET
		return ""
	case word == contended:
		return holdsMutex(t, int(owner))
	case c.args[1]&private == 0 && isThread(t, int(word)):
		return fmt.Sprintf("what has to end first is thread [%d]", word)
	}
	return ""
}

// futexWords reads a futex, and what is two words behind it.
func futexWords(t *thread, addr uint64) (word, owner uint32, ok bool) {
	var buf [12]byte
	m := memory{tid: t.tid}
	n, _ := m.read(addr, buf[:])
	if n < len(buf) {
		return 0, 0, false
	}
	return uint32(little(buf[:4])), uint32(little(buf[8:])), true
}

func holdsMutex(t *thread, tid int) string {
	if !isThread(t, tid) {
		return ""
	}
	return fmt.Sprintf("the mutex is held by thread [%d]", tid)
}

// isThread says whether a number is the id of another thread of the process.
func isThread(t *thread, tid int) bool {
	if tid == 0 || tid == t.tid {
		return false
	}
	_, err := os.Stat(procPath("/proc", t.pid, "task/"+strconv.Itoa(tid)))
	return err == nil
}
