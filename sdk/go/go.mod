module github.com/alania-go/alania/sdk/go

go 1.24.0

require github.com/oapi-codegen/nullable v1.1.0

require github.com/standard-webhooks/standard-webhooks/libraries v0.0.1
