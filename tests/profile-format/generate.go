// Renders the cases with Go's own text/template and sprig, for the records of records.json, and prints the table
// that tests/profile_format.rs compares with: one JSON array for each case, of the template and of its text for each
// record; null stands for an error.
//
// On Debian, with the packages golang-go and golang-github-masterminds-sprig-dev:
//
//	cd tests/profile-format
//	GO111MODULE=off GOPATH=/usr/share/gocode go run generate.go >expected.json
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
)

// What a format may name; the ledger's fields with the types that the Go tool gives them.
type record struct {
	Id                                              int
	AccountId                                       int64
	AccountIdPad                                    string
	AccountName, AccountAlias, EmailAddress         string
	ExpiresEpoch                                    int64
	Expires, Arn, RoleName, Profile, DefaultRegion  string
	SSO, SSORegion, StartUrl, Via                   string
	Tags                                            map[string]string
}

func functions() template.FuncMap {
	own := sprig.TxtFuncMap()
	own["AccountIdStr"] = func(id int64) string { return fmt.Sprintf("%012d", id) }
	own["EmptyString"] = func(text string) bool { return text == "" }
	own["FirstItem"] = func(items ...string) string {
		for _, item := range items {
			if item != "" {
				return item
			}
		}
		return ""
	}
	own["StringsJoin"] = func(separator string, items ...string) string {
		var kept []string
		for _, item := range items {
			if item != "" {
				kept = append(kept, item)
			}
		}
		return strings.Join(kept, separator)
	}
	own["StringReplace"] = func(search, with, text string) string { return strings.ReplaceAll(text, search, with) }
	return own
}

func render(text string, of record) (result *string) {
	// Some of sprig's functions panic where others give an error.
	defer func() {
		if recover() != nil {
			result = nil
		}
	}()
	parsed, err := template.New("").Funcs(functions()).Parse(text)
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	if parsed.Execute(&out, of) != nil {
		return nil
	}
	rendered := out.String()
	return &rendered
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	content, err := os.ReadFile("records.json")
	check(err)
	var records map[string]record
	check(json.Unmarshal(content, &records))
	for name, of := range records {
		of.AccountIdPad = fmt.Sprintf("%012d", of.AccountId)
		of.Arn = fmt.Sprintf("arn:aws:iam::%s:role/%s", of.AccountIdPad, of.RoleName)
		records[name] = of
	}
	cases, err := os.Open("cases.txt")
	check(err)
	var lines []string
	reader := bufio.NewScanner(cases)
	for reader.Scan() {
		line := reader.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var row bytes.Buffer
		encoder := json.NewEncoder(&row)
		encoder.SetEscapeHTML(false)
		check(encoder.Encode([]interface{}{line, render(line, records["full"]), render(line, records["bare"])}))
		lines = append(lines, strings.TrimSpace(row.String()))
	}
	check(reader.Err())
	fmt.Printf("[\n%s\n]\n", strings.Join(lines, ",\n"))
}
