package clickhouse

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"syscall"

	engine "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/hitori-cdp/hitori"
)

// passingCodes are those of the server's errors that go away by themselves or once an
// operator has mended the server.
var passingCodes = []int32{
	159, // TIMEOUT_EXCEEDED
	164, // READONLY
	202, // TOO_MANY_SIMULTANEOUS_QUERIES
	209, // SOCKET_TIMEOUT
	210, // NETWORK_ERROR
	236, // ABORTED, by a shutdown
	241, // MEMORY_LIMIT_EXCEEDED
	242, // TABLE_IS_READ_ONLY
	243, // NOT_ENOUGH_SPACE
	252, // TOO_MANY_PARTS
	279, // ALL_CONNECTION_TRIES_FAILED
	341, // UNFINISHED
	394, // QUERY_WAS_CANCELLED
	516, // AUTHENTICATION_FAILED
}

// fail turns an error of ClickHouse into one that can be told to a user.
func fail(ctx context.Context, err error) error {
	var known *hitori.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, engine.ErrConnectionClosed):
		return hitori.NewError(hitori.Unavailable, "warehouse_closed")
	case passing(err):
		return unavailable(err)
	}
	return failed(err)
}

func failed(err error) error {
	return hitori.NewError(hitori.Internal, "warehouse_failed").Because(err)
}

func unavailable(err error) error {
	return hitori.NewError(hitori.Unavailable, "warehouse_unavailable").Because(err)
}

// passing reports whether a node could not be reached or has no room.
func passing(err error) bool {
	var refusal *engine.Exception
	if errors.As(err, &refusal) {
		return slices.Contains(passingCodes, refusal.Code)
	}
	var network net.Error
	var system syscall.Errno
	return errors.As(err, &network) || errors.As(err, &system) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, engine.ErrAcquireConnTimeout)
}
