// Package simulate invents a Japanese online shop whose truth is known.
//
// A [Shop] gives the events of its customers as SDKs would send them ([Shop.Events]), the
// files its systems would export ([Shop.WriteFiles]), and what generated them
// ([Shop.Truth], [Shop.Person], [Shop.Orders], [Shop.Products]), so that identity
// resolution, models and experiments can be tested against the truth instead of against
// themselves. [Shop.Respond] answers messages that a test sends on its own.
//
// The same [Config] gives the same bytes on every machine, however many processors it has.
// Nobody in it exists: names are combined from lists, e-mail addresses are under domains
// reserved for examples, streets, telephone numbers, companies and brands are made up.
//
// # How people buy
//
// Purchases follow BG/NBD (Fader, Hardie and Lee 2005, "Counting your customers the easy
// way"). A person buys at a rate λ, which is Gamma(r, α) over people, and after each
// repeat purchase drops out for good with a chance p of their own, which is Beta(a, b).
// The first purchase is given; nobody drops out with it. λ and p are independent.
//
// The process runs on a clock of operational days, because seasons and weekdays make real
// time uneven: a calendar day lasts season(month) × weekday(rhythm) operational days,
// both of mean 1. The clock starts at the midnight after the first purchase. A point process of
// this kind keeps its expectations with t on that clock, so E[X(t)] and P(X(t)=0) of
// BG/NBD hold exactly for t = [PersonProcess.OperationalDays]; taken in calendar days, they hold
// up to the season. The process says on which day something is bought, the person's rhythm
// at what hour.
//
// The value of an order is Gamma(p, ν) yen with ν Gamma(q, γ) over people (gamma-gamma,
// Fader and Hardie 2013), independent of λ and p. The basket is then filled with real
// products, so that its subtotal (the sum of its lines, tax included, before coupon and
// points) has the latent value as its mean and misses it by some two per cent; both are
// in the truth. Products are picked, in this order: a consumable of which
// [BasketTruth].DueShare of its interval has passed since it was bought, with chance
// DueChance each; a complement of the product before, with chance ComplementChance; a
// product by the person's first taste with chance [PersonProcess.FirstTaste], else by the
// second, each product having the chance in [Product.Choice]. Picks that are out of stock or
// too dear are drawn again. From the third pick on it is the dearest product of the taste
// that fits what is left.
//
// Some people subscribe with the first order (定期): every 30 days a delivery, and at every
// renewal the chance θ to leave, Beta(α, β) over people (sBG, Fader and Hardie 2007). A
// skipped delivery counts as a renewal. Deliveries are orders of channel "subscription". Companies
// order gifts in July and December. Neither changes the purchase process: with cause "process"
// alone the model holds.
//
// Orders online are cancelled or returned at known rates. Satisfaction falls with p; see
// [SatisfactionTruth]. Where people come from leans on p too; see [SourceTruth].
//
// # What messages do
//
// Newsletters have no effect on orders. Treatments have the effect of [Treatment], by
// class of person, and every one is a randomised experiment in the data. Both potential
// outcomes of every assignment are in the truth.
//
// # Who is who
//
// Members have an account at the online shop: a user id ("M00000001", in the order they
// come), e-mail address, telephone number, perhaps a LINE id, and one to three devices
// whose browsers lose their cookie, and with it the anonymous id, every 200 days on
// average. Visits before registration are anonymous; on another device or after a lost cookie
// they are so until the person signs in. Two members of a household may share a tablet, on
// which nobody stays signed in. Some change their address. Visitors never buy; some leave
// an e-mail address.
//
// The stores have a system of their own that knows card holders by their card ("29…") in
// context.externalIds and nothing else. Part of them are members too. Their records are
// spelled by clerks: other characters for the same name (髙橋, 斉藤), half-width kana or
// hiragana, full-width digits, other notations of the address, no prefecture, an old e-mail
// address, a maiden name, no hyphens, the telephone of the household or the partner, zeros
// or the shop's own number. [StoreRecord] says which. A third of those with both enter
// the card online some day; the others are for probabilistic matching to find.
//
// # Amounts
//
// Prices include consumption tax (総額表示). On orders subtotal is the sum of the lines,
// revenue is subtotal less discount (coupon and points), total is revenue plus shipping, and
// tax is the tax within the subtotal.
//
// # Files
//
//	events.jsonl             the messages in the order of time; context.app.name or the library
//	                         tells the source system
//	products.csv             the catalogue on the last day, a row for each variant
//	orders_shopify.csv       online orders as Shopify exports them, UTF-8
//	pos_sales_cp932.csv      sales of the stores, CP932, a row for each line, amounts with commas;
//	                         every other store prints dates of the Japanese calendar
//	customers_web.csv        members, UTF-8 with a byte order mark
//	customers_pos_cp932.csv  card holders, CP932, birthdays of the Japanese calendar
//	subscriptions.csv        contracts
//	survey_answers.csv       answers to surveys
//	panel_survey.csv         a market survey for the 5 and 9 segments; see [Market]
//	ad_costs.csv             advertising by day and campaign
//	truth.json               [Truth]
//	truth_customers.jsonl    a [Person] in each line, visitors and bots too
//	truth_orders.jsonl       an [Order] in each line, by person
//	truth_products.jsonl     a [Product] in each line
package simulate
