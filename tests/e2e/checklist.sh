#!/usr/bin/env bash
# The page of the checklist, read by a real parser of HTML: every element is closed where it must be, every link within the
# page leads somewhere, nothing is loaded. For every assembly of the fixtures, and for a template with hostile names.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=${STACKPROOF:-$PWD/target/release/stackproof}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat >"$scratch/hostile.json" <<'JSON'
{"Resources": {
  "</summary></details><script>alert(1)</script>": {"Type": "AWS::S3::Bucket"},
  "\" onmouseover=alert(1) x='": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}},
  "<!--": {"Type": "AWS::SNS::Topic"}, "]]>&lt;&#0;": {"Type": "AWS::SQS::Queue"}
}}
JSON

pages=()
for input in fixtures/assemblies/* "$scratch/hostile.json"; do
    page=$scratch/$(basename "$input").html
    "$program" checklist "$input" --no-config --format html --fail-on never >"$page"
    pages+=("$page")
done

python3 - "${pages[@]}" <<'PYTHON'
import html.parser, sys

VOID = {"meta", "link", "br"}
KNOWN = {"html", "head", "meta", "title", "link", "style", "body", "svg", "symbol", "path", "use", "header", "main", "footer", "section",
         "h1", "h2", "h3", "p", "b", "small", "span", "div", "ul", "li", "a", "code", "pre", "time", "table", "caption", "thead", "tbody",
         "tr", "th", "td", "details", "summary", "br"}

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.wrong = [], set(), set(), []

    def handle_starttag(self, tag, attributes):
        if tag not in KNOWN:
            self.wrong.append(f"element {tag}")
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name in {"src", "srcset", "action", "background", "poster"}:
                self.wrong.append(f"attribute {name} of {tag}")
            if name == "id" and value in self.ids:
                self.wrong.append(f"id {value} twice")
            if name == "id":
                self.ids.add(value)
            if name == "href" and value.startswith("#"):
                self.links.add(value[1:])
            elif name == "href" and not value.startswith("https://") and (tag, value) != ("link", "data:,"):
                self.wrong.append(f"link to {value}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_comment(self, data):
        self.wrong.append("a comment")

for name in sys.argv[1:]:
    page = Page()
    page.feed(open(name, encoding="utf-8").read())
    page.close()
    assert not page.wrong, f"{name}: {page.wrong[:5]}"
    assert not page.open, f"{name}: not closed: {page.open}"
    assert page.links <= page.ids, f"{name}: no place for {page.links - page.ids}"
    assert len(page.ids) > 25, name
print(f"{len(sys.argv) - 1} pages are well-formed")
PYTHON
