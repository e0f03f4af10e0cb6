module github.com/hitori-cdp/hitori

go 1.26
