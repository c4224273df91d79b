#!/bin/sh
# GitLab's answers to alice's token, for a web server that runs programs (RFC 3875).
token=$HTTP_PRIVATE_TOKEN
[ -n "$token" ] || token=${HTTP_AUTHORIZATION#Bearer }
answer() { printf 'Status: %s\r\nContent-Type: application/json\r\n\r\n%s' "$1" "$2"; }
[ "$token" = "$ALICES_TOKEN" ] || { answer '401 Unauthorized' '{"message":"401 Unauthorized"}'; exit; }
case $PATH_INFO in
  /api/v4/personal_access_tokens/self)
    answer '200 OK' '{"id":17,"name":"build","revoked":false,"active":true,"user_id":42,"scopes":["api"],"expires_at":null}' ;;
  /api/v4/user) answer '200 OK' '{"id":42,"username":"alice","state":"active"}' ;;
  *) answer '404 Not Found' '{"error":"404 Not Found"}' ;;
esac
