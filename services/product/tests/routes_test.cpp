#include "runtime/front/dispatcher.hpp"
#include "services/product/tests/world.hpp"

// The contract's tables over the service, as the pipeline runs them.
namespace loquat::product {
namespace {

struct Routes : testing::Test, World {
    runtime::Dispatcher dispatcher{registry};

    Routes() {
        dispatcher.add("product", static_cast<contracts::ProductApi*>(&shop.products), loop,
                       contracts::products_operations());
        dispatcher.add("product", static_cast<contracts::StockApi*>(&shop.stock), loop,
                       contracts::stock_operations());
    }

    struct Answer {
        int status = 0;
        wire::Value body;
        net::http::Headers headers;

        std::string json(std::string_view name) const {
            const wire::Value* member = body.find(name);
            return member == nullptr ? "-" : wire::to_json(*member);
        }
        std::string code() const {
            return std::to_string(status) + " " +
                   (body.find("code") ? *body.find("code")->if_string() : "");
        }
    };

    Answer call(std::string method, std::string path, std::string body = {},
                contracts::Caller caller = admin()) {
        const std::size_t mark = std::min(path.find('?'), path.size());
        const std::string bare = path.substr(0, mark);
        const std::string query = path.substr(std::min(mark + 1, path.size()));
        auto work = [&]() -> Task<net::http::Response> {
            const auto match = dispatcher.find(method, bare);
            auto raw = runtime::make_raw_call(match, query, body);
            co_return co_await runtime::Dispatcher::run(*match.operation, caller, std::move(raw));
        };
        auto response = run(work());
        Answer answer{.status = response.status};
        if (!response.body.empty()) {
            answer.body = wire::parse(response.body);
        }
        answer.headers = std::move(response.headers);
        return answer;
    }
    Answer search(const std::string& body) { return call("POST", "/products/search", body, {}); }
};

constexpr const char* shirt = R"({"sku":"S","name":"Blue shirt","category":"Clothes",
    "price":{"amount":2000,"currency":"EUR"},
    "variants":[{"sku":"S-m","options":{"size":"M"},"stock":2},
                {"sku":"S-l","options":{"size":"L"},"price":{"amount":1500,"currency":"EUR"}}]})";

TEST_F(Routes, write_read_and_take_away_a_product) {
    const auto made = call("POST", "/products", shirt);
    const std::string id = *made.body.find("id")->if_string();

    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.headers.get("ETag"), "\"1\"");
    EXPECT_EQ(made.json("price"), R"({"amount":2000,"currency":"EUR","text":"20.00 EUR"})");
    EXPECT_EQ(made.json("brand"), "null");
    EXPECT_EQ(made.json("options"), R"({"size":["M","L"]})");
    for (const std::string& ref : {id, std::string{"S"}, std::string{"S-l"}}) {
        EXPECT_EQ(call("GET", "/products/" + ref, {}, {}).json("id"), made.json("id")) << ref;
    }
    const auto patched = call("PATCH", "/products/" + id, R"({"brand":"Acme","rating":4.5})");
    EXPECT_EQ(patched.json("brand"), "\"Acme\"");
    EXPECT_EQ(patched.json("version"), "2");
    EXPECT_EQ(patched.json("variants"), made.json("variants"));
    EXPECT_EQ(call("PATCH", "/products/S", R"({"brand":null})").json("brand"), "null");
    const auto put = call("PUT", "/products/" + id,
                          R"({"sku":"S","name":"Shirt","price":{"amount":1,"currency":"EUR"}})");
    EXPECT_EQ(put.json("variants"), "[]");
    EXPECT_EQ(call("DELETE", "/products/" + id).status, 204);
    EXPECT_EQ(call("GET", "/products/" + id, {}, {}).code(), "404 product.not_found");
    EXPECT_EQ(call("DELETE", "/products/" + id).code(), "404 product.not_found");
}

TEST_F(Routes, let_only_administrators_write) {
    const auto ann = test::caller_as(UserId::make());

    EXPECT_EQ(call("POST", "/products", shirt, {}).code(), "401 auth.required");
    EXPECT_EQ(call("POST", "/products", shirt, ann).code(), "403 auth.admin_only");
    EXPECT_EQ(call("POST", "/products/import", "", ann).code(), "403 auth.admin_only");
    EXPECT_EQ(call("GET", "/products", {}, {}).status, 200);
}

TEST_F(Routes, name_the_fields_that_are_wrong) {
    const auto field = [this](const std::string& body) {
        const auto answer = call("POST", "/products", body);
        EXPECT_EQ(answer.code(), "422 request.invalid") << body;
        return *answer.body.find("errors")->if_array()->front().find("field")->if_string();
    };
    const std::string price = R"("price":{"amount":1,"currency":"EUR"})";
    EXPECT_EQ(field(R"({"sku":"a","name":" ",)" + price + "}"), "name");
    EXPECT_EQ(field(R"({"sku":"a","name":"b","price":{"amount":-1,"currency":"EUR"}})"),
              "price.amount");
    EXPECT_EQ(field(R"({"sku":"a","name":"b","price":{"amount":1.5,"currency":"EUR"}})"),
              "price.amount");
    EXPECT_EQ(field(R"({"sku":"a","name":"b","attributes":{"x":{}},)" + price + "}"),
              "attributes.x");
    EXPECT_EQ(field(R"({"sku":"a","name":"b","stock":-1,)" + price + "}"), "stock");
    EXPECT_EQ(field(R"({"sku":"a","name":"b","variants":[{"sku":"a","options":{"x":"y"}}],)" +
                    price + "}"),
              "variants[0].sku");
    EXPECT_EQ(field(R"({"sku":"a","name":"b","variants":[{"sku":"c","options":{"x":"y"}},)"
                    R"({"sku":"d","options":{"z":"y"}}],)" +
                    price + "}"),
              "variants[1].options");
}

TEST_F(Routes, search_with_filters_facets_and_highlights) {
    call("POST", "/products", shirt);
    call("POST", "/products", R"({"sku":"T","name":"Crème t-shirt","brand":"Acme",
        "category":"Clothes","price":{"amount":900,"currency":"EUR"},"stock":1})");

    const auto found = search(R"({"query":"shirt","facets":["category","brand","price"],"limit":1,
        "filters":{"in_stock":true}})");

    EXPECT_EQ(found.json("total"), "2");
    EXPECT_EQ(found.json("corrected"), "null");
    EXPECT_EQ(wire::to_json(*found.body.find("facets")->find("category")),
              R"([{"value":"Clothes","count":2}])");
    const auto next = search(
        R"({"query":"shirt","facets":["category","brand","price"],"limit":1,
        "filters":{"in_stock":true},"cursor":)" +
        found.json("next_cursor") + "}");
    EXPECT_EQ(next.json("next_cursor"), "null");
    EXPECT_EQ(next.body.find("items")->if_array()->size(), 1U);
    EXPECT_NE(next.body.find("items")->if_array()->front().find("product")->find("id"), nullptr);
    EXPECT_EQ(search(R"({"query":"lamp","cursor":)" + found.json("next_cursor") + "}").code(),
              "422 request.invalid");
    const auto marked = search(R"({"query":"tshirt creme"})");
    EXPECT_EQ(wire::to_json(*marked.body.find("items")->if_array()->front().find("highlights")),
              R"([{"field":"name","start":0,"length":5},{"field":"name","start":6,"length":7}])");
    EXPECT_EQ(search(R"({"query":"shitr"})").json("corrected"), "\"shirt\"");
    EXPECT_EQ(search(R"({"query":"shitr","correct":false})").json("total"), "0");
    const auto large = search(R"({"filters":{"attributes":{"size":["L"]}}})");
    EXPECT_EQ(large.json("total"), "1");
    EXPECT_EQ(search(R"({"filters":{"in_stock":true,"attributes":{"size":["L"]}}})").json("total"),
              "0")
        << "one variant passes all filters together";
}

TEST_F(Routes, find_by_meaning_where_words_fail) {
    call("POST", "/products", shirt);
    call("POST", "/products", R"({"sku":"M","name":"Wireless mouse",
        "price":{"amount":900,"currency":"EUR"}})");
    const auto first = [](const Answer& answer) {
        const auto& items = *answer.body.find("items")->if_array();
        return items.empty() ? "" : *items.front().find("product")->find("sku")->if_string();
    };

    EXPECT_EQ(first(search(R"({"query":"cordless pointing device"})")), "M");
    EXPECT_EQ(first(search(R"({"query":"cordless pointing device","correct":false})")), "");
    EXPECT_EQ(first(search(R"({"query":"xqzzt"})")), "");
    const std::string near = "/internal/products/vector-search";
    EXPECT_EQ(first(call("POST", near, R"({"query":"clothes to wear"})")), "S");
    EXPECT_EQ(call("POST", near, R"({"query":"mouse","limit":1})").json("total"), "2");
    EXPECT_EQ(
        call("POST", near, R"({"query":"x","filters":{"category":["Clothes"]}})").json("total"),
        "1");
    EXPECT_EQ(call("POST", near, "{}").code(), "422 request.invalid");
    EXPECT_EQ(call("POST", near, R"({"embedding":[1,2]})").code(), "422 request.invalid");
}

TEST_F(Routes, refuse_searches_that_there_are_not) {
    for (const char* body :
         {R"({"sort":"colour"})", R"({"facets":["colour"]})",
          R"({"filters":{"attributes":{"a":"b"}}})", R"({"cursor":"AAAA"})", R"({"limit":0})"}) {
        EXPECT_EQ(search(body).code(), "422 request.invalid") << body;
    }
}

TEST_F(Routes, browse_page_by_page) {
    for (int i = 0; i < 5; ++i) {
        create(input("A" + std::to_string(i)));
    }
    std::vector<std::string> seen;
    std::string cursor;
    do {
        const auto page = call("GET", "/products?limit=2" + cursor, {}, {});
        for (const auto& one : *page.body.find("items")->if_array()) {
            seen.push_back(*one.find("sku")->if_string());
        }
        const std::string* next = page.body.find("next_cursor")->if_string();
        cursor = next == nullptr ? "" : "&cursor=" + *next;
    } while (!cursor.empty());

    EXPECT_EQ(seen, (std::vector<std::string>{"A0", "A1", "A2", "A3", "A4"}));
    EXPECT_EQ(call("GET", "/products?category=none", {}, {}).json("items"), "[]");
    EXPECT_EQ(call("GET", "/products?cursor=x", {}, {}).code(), "422 request.invalid");
}

TEST_F(Routes, list_categories_and_suggest) {
    call("POST", "/products", shirt);

    EXPECT_EQ(call("GET", "/products/categories", {}, {}).json("items"),
              R"([{"value":"Clothes","count":1}])");
    const auto items = call("GET", "/products/suggest?q=blue+sh", {}, {});
    EXPECT_EQ(items.status, 200);
    const auto some = call("GET", "/products/suggest?q=sh", {}, {}).json("items");
    EXPECT_TRUE(some.starts_with(R"([{"kind":"query","text":"shirt","product_id":null})")) << some;
}

TEST_F(Routes, import_a_file) {
    const std::string csv = "sku,name,price\na,Lamp,1.50\nb,=1,2\n";

    const auto dry = call("POST", "/products/import?dry_run=true", csv);
    EXPECT_EQ(dry.json("created"), "1");
    EXPECT_EQ(call("GET", "/products/a", {}, {}).status, 404);
    const auto done = call("POST", "/products/import", csv);

    EXPECT_EQ(done.json("failed"), "1");
    EXPECT_EQ(call("GET", "/products/a", {}, {}).json("name"), "\"Lamp\"");
    EXPECT_EQ(call("POST", "/products/import?dry_run=x", csv).code(), "422 request.invalid");
}

TEST_F(Routes, find_what_other_services_ask_for) {
    call("POST", "/products", shirt);

    const auto found = call("POST", "/internal/products/find", R"({"refs":["S-l","none","S"]})");

    const auto& items = *found.body.find("items")->if_array();
    ASSERT_EQ(items.size(), 3U);
    EXPECT_NE(items[0].find("variant_id"), nullptr);
    EXPECT_EQ(items[1].find("product"), nullptr);
    EXPECT_EQ(items[2].find("variant_id"), nullptr);
    EXPECT_TRUE(call("GET", "/internal/products/search?q=shirt").body.if_array() != nullptr);
    EXPECT_EQ(
        call("GET", "/internal/products/by-category?category=Clothes").body.if_array()->size(), 1U);
}

}  // namespace
}  // namespace loquat::product
