/**
 * For `/bin/sh -c`, with the server's binary and its port: runs the server for as long as standard input stays open. That
 * is a pipe from us, which closes however we end, so that no server outlives a test run that was killed. The server's
 * process id is the first line out; its own output goes to standard error.
 */
export const guardScript = `
exec 3<&0
"$0" localhost "$1" 3<&- >&2 & server=$!
echo "$server"
{ read -r _ <&3; kill -9 "$server"; } >&- 2>&- & watch=$!
exec 3<&-
wait "$server"; code=$?
kill "$watch"
exit "$code"`;
