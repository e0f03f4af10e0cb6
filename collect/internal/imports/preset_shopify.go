package imports

// Shopify. The columns of orders are those of "Exporting orders" in Shopify's help
// (help.shopify.com/ja/manual/fulfillment/managing-orders/exporting-orders), repeated with
// explanations at web.cuebko.com/shopify-order-2; of customers, those of "Customer CSV file" in the
// help, the header as exports have it also in public tests ("Customer ID,First Name,…,Accepts SMS
// Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags"); of products, those of "Using CSV
// files" in the help, with the older names ("Handle", "Variant SKU") beside the newer ("URL
// handle", "SKU").
func shopifyPresets() []*preset {
	return []*preset{
		{
			name: "shopify.orders", target: "orders",
			signature: []string{"Name", "Financial Status", "Created at", "Lineitem name", "Lineitem quantity"},
			columns: []presetColumn{
				to("Name", "order_id"), to("Created at", "ordered_at"), to("Financial Status", "status"),
				to("Fulfillment Status", "fulfillment_status"),
				to("Fulfilled at", "shipped_at"), to("Cancelled at", "cancelled_at"), to("Refunded Amount",
					"refund_amount"),
				to("Currency", "currency"), to("Subtotal", "subtotal"), to("Shipping", "shipping"), to("Taxes",
					"tax"), to("Total", "total"),
				to("Discount Code", "coupon"), to("Discount Amount", "discount"), to("Payment Method",
					"payment_method"), to("Source", "channel"),
				to("Lineitem sku", "sku"), to("Lineitem name", "product_name"), to("Lineitem price", "price"),
				to("Lineitem quantity", "quantity"),
				to("Vendor", "brand"),
				to("Email", "email"), to("Accepts Marketing", "consent_email"), to("Phone", "phone"),
				otherwise("Billing Phone", "phone"),
				to("Billing Name", "name"), to("Billing Company", "company"), to("Billing Zip", "postal_code"),
				to("Billing Province", "state"),
				to("Billing City", "city"), part("Billing Address1", "street", 1), part("Billing Address2",
					"street", 2), to("Billing Country", "country"),
				keep("Tags", "tags", KeepProperty, TypeString), keep("Notes", "note", KeepProperty, TypeText),
			},
		},
		{
			name: "shopify.customers", target: "customers",
			signature: []string{
				"First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent",
				"Total Orders",
			},
			columns: []presetColumn{
				to("Customer ID", "user_id"), to("First Name", "given_name"), to("Last Name", "family_name"),
				to("Email", "email"), to("Phone", "phone"),
				otherwise("Default Address Phone", "phone"), to("Default Address Company", "company"),
				to("Default Address Zip", "postal_code"),
				to("Default Address Province Code", "state"), to("Default Address City", "city"),
				part("Default Address Address1", "street", 1),
				part("Default Address Address2", "street", 2), to("Default Address Country Code", "country"),
				// Before 2023 the address had no prefix.
				to("Company", "company"), to("Zip", "postal_code"), to("Province", "state"), to("City", "city"),
				part("Address1", "street", 1),
				part("Address2", "street", 2), to("Country", "country"),
				to("Accepts Email Marketing", "consent_email"), to("Accepts SMS Marketing", "consent_sms"),
				to("Tags", "tags"), to("Note", "note"),
			},
		},
		{
			name: "shopify.products", target: "products",
			signature: []string{"Handle", "Title", "Vendor", "Variant Price"},
			columns: []presetColumn{
				to("Handle", "product_id"), to("Title", "product_name"), to("Body (HTML)", "description"), to("Vendor",
					"brand"), to("Product Category", "category"),
				to("Type", "category"), part("Option1 Value", "variant", 1), part("Option2 Value", "variant",
					2), part("Option3 Value", "variant", 3),
				to("Variant SKU", "sku"), to("Variant Price", "price"), to("Variant Compare At Price",
					"list_price"), to("Cost per item", "cost"),
				to("Variant Inventory Qty", "stock"), to("Image Src", "image_url"), to("Status", "active"),
				to("Published", "active"),
			},
		},
		{
			name: "shopify.products2", target: "products",
			signature: []string{"Title", "URL handle", "Vendor", "Price"},
			columns: []presetColumn{
				to("URL handle", "product_id"), to("Title", "product_name"), to("Description", "description"),
				to("Vendor", "brand"), to("Product category", "category"),
				to("Type", "category"), part("Option1 value", "variant", 1), part("Option2 value", "variant",
					2), part("Option3 value", "variant", 3),
				to("SKU", "sku"), to("Price", "price"), to("Compare-at price", "list_price"),
				to("Cost per item", "cost"),
				to("Inventory quantity", "stock"), to("Product image URL", "image_url"), to("Status", "active"),
			},
		},
	}
}
