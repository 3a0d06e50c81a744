package tracer

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stracex/stracex/stx"
)

// A socket says of itself what the tables of its network namespace say of it.
func TestAskSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, at := range [][2]string{
		{"tcp4", "127.0.0.1:0"}, {"tcp6", "[::1]:0"}, {"tcp", "[::]:0"}, {"unix", path}, {"unix", "@stracex/ask"},
		{"unixpacket", path + "packet"},
	} {
		t.Run(at[0]+" "+at[1], func(t *testing.T) {
			l, err := net.Listen(at[0], at[1])
			if err != nil {
				t.Skip(err) // no IPv6 here
			}
			defer l.Close()
			client, err := net.Dial(l.Addr().Network(), l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			server, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			for _, c := range []any{l, client, server} {
				sameName(t, c)
			}
		})
	}
	for _, network := range []string{"udp4", "udp6"} {
		l, err := net.ListenPacket(network, "localhost:0")
		if err != nil {
			continue // no such family here
		}
		defer l.Close()
		client, err := net.Dial(network, l.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		sameName(t, l)
		sameName(t, client)
	}
}

func sameName(t *testing.T, c any) {
	t.Helper()
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		list := []stx.FD{{N: int(fd), Target: readLink("/proc/self/fd/" + strconv.Itoa(int(fd)))}}
		nameSockets("/proc/self", list)
		inode, _ := socketInode(list[0].Target)
		got, ok := askSocket(os.Getpid(), int(fd), inode)
		if !ok || got != list[0].Peer || got == "" {
			t.Errorf("%q (%v), in the tables %q", got, ok, list[0].Peer)
		}
		if got, ok := askSocket(os.Getpid(), int(fd), inode+1); ok {
			t.Errorf("of another descriptor: %q", got)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
