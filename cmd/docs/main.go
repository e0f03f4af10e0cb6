// Command docs writes the parts of docs/ that are made from the code: the vocabulary of events and
// the description of the API. CI fails when they differ from what is committed.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/locale"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: docs FOLDER")
	}
	if err := write(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(ctx context.Context, folder string) error {
	texts, err := locale.Load()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "events.md"), events(texts), 0o644); err != nil {
		return err
	}
	description, err := openAPI(ctx)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "openapi.json"), description, 0o644)
}

// openAPI asks a program for the description of its API.
func openAPI(ctx context.Context) ([]byte, error) {
	folder, err := os.MkdirTemp("", "hitori-docs")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	a, err := app.Start(ctx, app.Config{Data: folder, Listen: "127.0.0.1:0", DiskReserve: 1})
	if err != nil {
		return nil, err
	}
	defer a.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL()+"/api/openapi.json", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("%s: %w", response.Status, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

const eventsHead = `# Events / イベント

<!-- Made by "make generate" from vocabulary.go and locale/; edit those. -->

Hitori takes any event. Those below are documented: their names and properties have a meaning to it, and follow
[Segment's e-commerce specification](https://segment.com/docs/connections/spec/ecommerce/v2/) where that names one.
Any further properties are kept, shown and can be used in conditions. Those in **bold** carry the meaning of the event:
without them it is kept, but tells nothing. A rule of the data contract can require them.

- **Money** is a number in the units of its currency (` + "`1980`" + ` yen, ` + "`19.80`" + ` dollars) with ` + "`currency`" + ` (ISO 4217); without one the
  shop's currency holds. Amounts are kept as integers of minor units.
- **Times** are RFC 3339. A time without a zone is UTC in events that are sent, and the shop's time in files.
- **Orders** are told by ` + "`order_id`" + `: *Order Completed* places one; *Order Updated* says what it is now (its amounts and
  its ` + "`products`" + ` replace those before); *Order Refunded* gives back its amount, or without one the whole order;
  *Order Cancelled* is final. What remains of an order never sinks below zero.
- **` + "`products`" + `** is a list of objects with the properties of a product: %s.
  One product may stand at the top of an event instead.
- Events of the kinds ` + "`catalogue`" + ` and *Ad Cost Reported* belong to no person.

Traits of persons come with ` + "`identify`" + `; pages and screens with ` + "`page`" + ` and ` + "`screen`" + ` (kind ` + "`web`" + `); ` + "`group`" + ` and
` + "`alias`" + ` are of the kind ` + "`profile`" + `. What people decide in Hitori itself, such as merging two customers, is written as events
of the kind ` + "`system`" + `, which cannot be sent from outside.
`

func events(texts *locale.Texts) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, eventsHead, properties(hitori.ProductProperties()))
	var kind hitori.Kind
	for _, spec := range hitori.Vocabulary() {
		if spec.Kind != kind {
			kind = spec.Kind
			key := "kind." + kind.String()
			fmt.Fprintf(&b, "\n## %s / %s (`%s`)\n\n| event | 日本語 | properties |\n|---|---|---|\n",
				texts.Text(locale.English, key, nil), texts.Text(locale.Japanese, key, nil), kind)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", spec.Name, texts.Text(locale.Japanese, "event."+spec.Name, nil), properties(spec.Properties))
	}
	return b.Bytes()
}

// properties lists properties; what is no text says its type.
func properties(specs []hitori.PropertySpec) string {
	list := make([]string, len(specs))
	for i, p := range specs {
		list[i] = "`" + p.Name + "`"
		if p.Required {
			list[i] = "**" + list[i] + "**"
		}
		if p.Type != hitori.TypeString {
			list[i] += " " + string(p.Type)
		}
	}
	return strings.Join(list, ", ")
}
