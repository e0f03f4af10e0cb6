// Sends what a shop's server would with an unmodified Segment SDK: node send.mjs URL KEY
import { Analytics } from '@segment/analytics-node'

const [host, writeKey] = process.argv.slice(2)
const analytics = new Analytics({ host, writeKey, flushAt: 5, maxRetries: 2 })
analytics.on('error', (error) => {
  console.error(error)
  process.exitCode = 1
})

const anonymousId = 'device-of-hanako'
const userId = 'member-1'

analytics.page({ anonymousId, name: 'ホーム', properties: { url: 'https://shop.example.jp/' } })
analytics.track({ anonymousId, event: 'Product Viewed', properties: { product_id: 'P1', name: '緑茶', price: 1200 } })
analytics.identify({ anonymousId, userId, traits: { email: 'Hanako.Yamada@Example.jp', last_name: '山田', first_name: '花子' } })
analytics.track({
  userId,
  event: 'Order Completed',
  properties: { order_id: 'O-1', total: 2400, currency: 'JPY', products: [{ product_id: 'P1', price: 1200, quantity: 2 }] },
})
analytics.group({ userId, groupId: 'company-1', traits: { name: '株式会社例' } })
for (let i = 0; i < 40; i++) {
  analytics.track({ userId, event: 'Product Viewed', properties: { product_id: `P${i}` } })
}
await analytics.closeAndFlush({ timeout: 20_000 })
