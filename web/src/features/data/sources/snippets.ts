/** Set-up of the senders. These are programs, not texts, and the same in every language. */
export interface Snippet {
  id: string;
  name: string;
  code: string;
}

export function snippets(origin: string, key: string): Snippet[] {
  const { host, protocol } = new URL(origin);
  const scheme = protocol.replace(":", "");
  return [
    {
      id: "tag",
      name: "HTML",
      code: `<script>
(function (url, key) {
  var store = window.localStorage, id = store.getItem("hitori_id") || crypto.randomUUID(), user = store.getItem("hitori_user");
  store.setItem("hitori_id", id);
  function send(type, body) {
    body.writeKey = key; body.anonymousId = id; body.messageId = crypto.randomUUID(); body.timestamp = new Date();
    if (user) body.userId = user;
    body.context = { page: { url: location.href, path: location.pathname, title: document.title, referrer: document.referrer } };
    fetch(url + "/v1/" + type, { method: "POST", keepalive: true, body: JSON.stringify(body) });
  }
  window.hitori = {
    page: function (properties) { send("page", { properties: properties || {} }); },
    track: function (event, properties) { send("track", { event: event, properties: properties || {} }); },
    identify: function (userId, traits) { user = userId; store.setItem("hitori_user", userId); send("identify", { traits: traits || {} }); }
  };
  hitori.page();
})("${origin}", "${key}");
</script>`,
    },
    {
      id: "browser",
      name: "analytics.js",
      code: `// npm install @segment/analytics-next
import { AnalyticsBrowser } from "@segment/analytics-next";

export const analytics = AnalyticsBrowser.load(
  { writeKey: "${key}", cdnURL: "${origin}" },
  { integrations: { "Segment.io": { apiHost: "${host}/v1", protocol: "${scheme}" } } },
);
analytics.page();`,
    },
    {
      id: "node",
      name: "Node.js",
      code: `// npm install @segment/analytics-node
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "${key}", host: "${origin}" });
analytics.track({ userId: "M0001", event: "Order Completed", properties: { order_id: "1001", total: 5400, currency: "JPY" } });`,
    },
    {
      id: "php",
      name: "PHP",
      code: `// composer require segmentio/analytics-php
use Segment\\Segment;

Segment::init("${key}", ["host" => "${host}"]);
Segment::track(["userId" => "M0001", "event" => "Order Completed", "properties" => ["order_id" => "1001", "total" => 5400, "currency" => "JPY"]]);
Segment::flush();`,
    },
    {
      id: "python",
      name: "Python",
      code: `# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "${key}"
analytics.host = "${origin}"
analytics.track("M0001", "Order Completed", {"order_id": "1001", "total": 5400, "currency": "JPY"})`,
    },
    {
      id: "ruby",
      name: "Ruby",
      code: `# gem install analytics-ruby
require "segment/analytics"

analytics = Segment::Analytics.new(write_key: "${key}", host: "${host.replace(/:\d+$/, "")}")
analytics.track(user_id: "M0001", event: "Order Completed", properties: { order_id: "1001", total: 5400, currency: "JPY" })`,
    },
    {
      id: "swift",
      name: "iOS",
      code: `// https://github.com/segmentio/analytics-swift
let analytics = Analytics(configuration: Configuration(writeKey: "${key}")
  .apiHost("${host}/v1")
  .cdnHost("${host}/v1"))`,
    },
    {
      id: "kotlin",
      name: "Android",
      code: `// implementation("com.segment.analytics.kotlin:android:…")
val analytics = Analytics("${key}", applicationContext) {
  apiHost = "${host}/v1"
  cdnHost = "${host}/v1"
}`,
    },
    {
      id: "curl",
      name: "curl",
      code: `curl -u "${key}:" -H "Content-Type: application/json" "${origin}/v1/track" \\
  -d '{"event":"Product Viewed","userId":"M0001","properties":{"product_id":"P0001"}}'`,
    },
  ];
}
