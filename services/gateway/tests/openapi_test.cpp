#include "contracts/core/openapi.hpp"

#include <gtest/gtest.h>

#include "contracts/core/request_parts.hpp"
#include "contracts/core/statuses.hpp"
#include "contracts/registry.hpp"
#include "wire/json.hpp"

// The document of all operations that there are.
namespace loquat::gateway {
namespace {

using contracts::Access;
using contracts::Operation;

class OpenApi : public testing::Test {
  protected:
    const wire::Value& operation(const std::string& method, const std::string& path) const {
        return *document_.find("paths")->find(path)->find(method);
    }
    const wire::Value& parameter(const wire::Value& of, const std::string& name) const {
        for (const wire::Value& one : *of.find("parameters")->if_array()) {
            if (*one.find("name")->if_string() == name) {
                return *one.find("schema");
            }
        }
        throw std::out_of_range{name};
    }
    static std::string text(const wire::Value& value) { return wire::to_json(value); }
    static std::string method_of(const Operation& operation) {
        std::string method{operation.spec.method};
        std::ranges::transform(method, method.begin(),
                               [](char c) { return static_cast<char>(c + ('a' - 'A')); });
        return method;
    }
    std::vector<Operation> open_operations() const {
        std::vector<Operation> all = operations_;
        std::erase_if(all,
                      [](const Operation& one) { return one.spec.access == Access::internal; });
        return all;
    }

    std::vector<Operation> operations_ = contracts::all_operations();
    wire::Value document_ = contracts::openapi_document(operations_, "1");
};

TEST_F(OpenApi, says_of_each_operation_who_may_call_it) {
    for (const Operation& one : open_operations()) {
        const wire::Value& described = operation(method_of(one), std::string{one.spec.path});

        EXPECT_EQ(text(*described.find("security")),
                  one.spec.access == Access::anyone ? "[]" : R"([{"bearer":[]}])")
            << one.name;
    }
    EXPECT_EQ(text(*document_.find("servers")), R"([{"url":"/"}])");
}

TEST_F(OpenApi, names_the_refusals_of_each_operation) {
    for (const Operation& one : open_operations()) {
        const wire::Value& answers =
            *operation(method_of(one), std::string{one.spec.path}).find("responses");
        const bool is_open = one.spec.access == Access::anyone;

        for (const char* status : {"400", "500", "503", "504", "default"}) {
            ASSERT_NE(answers.find(status), nullptr) << one.name << " " << status;
            EXPECT_EQ(text(*answers.find(status)), R"({"$ref":"#/components/responses/Problem"})");
        }
        EXPECT_TRUE(is_open || answers.find("401") != nullptr) << one.name;
        const bool reads_a_file = one.request == nullptr;
        EXPECT_EQ(answers.find("422") != nullptr, one.has_request || reads_a_file) << one.name;
        EXPECT_EQ(answers.find("429") != nullptr, one.spec.limit != contracts::LimitClass::none);
    }
}

TEST_F(OpenApi, lists_of_each_operation_what_it_can_answer_and_no_more) {
    const auto statuses = [&](const char* method, const char* path) {
        std::string all;
        for (const auto& [status, answer] :
             *operation(method, path).find("responses")->if_object()) {
            all += (all.empty() ? "" : " ") + status;
        }
        return all;
    };

    EXPECT_EQ(statuses("get", "/api/server"), "200 400 413 414 429 500 503 504 default");
    EXPECT_EQ(statuses("post", "/api/auth/login"),
              "200 400 401 403 408 413 414 415 422 429 500 503 504 default");
    EXPECT_EQ(statuses("get", "/api/chats"), "200 400 401 413 414 422 429 500 503 504 default");
    EXPECT_EQ(statuses("post", "/api/chats/{id}/messages"),
              "201 200 202 400 401 403 404 408 409 413 414 415 422 429 500 503 504 default");
    EXPECT_EQ(statuses("get", "/api/generations/{generationId}/stream"),
              "200 204 400 401 404 413 414 422 429 500 503 504 default");
    EXPECT_EQ(statuses("get", "/api/audit"), "200 400 401 403 413 414 422 429 500 503 504 default");
}

TEST_F(OpenApi, knows_statuses_only_of_operations_that_there_are) {
    for (const std::string_view name : contracts::list_operations_with_statuses()) {
        EXPECT_TRUE(std::ranges::any_of(open_operations(), [&](const Operation& one) {
            return one.name == name;
        })) << name;
    }
}

TEST_F(OpenApi, has_the_bounds_and_forms_that_are_checked) {
    const wire::Value& history = operation("get", "/api/chats/{id}/messages");
    const wire::Value& limit = parameter(history, "limit");

    EXPECT_NE(limit.find("minimum"), nullptr) << text(limit);
    EXPECT_NE(limit.find("maximum"), nullptr) << text(limit);
    EXPECT_EQ(text(parameter(history, "id")), R"({"type":"string","format":"uuid"})");
    for (const Operation& one : open_operations()) {
        const wire::Schema request = one.has_request ? one.request() : wire::Schema{};
        for (const auto& property : request.properties) {
            if (!contracts::reads_query(one.spec) &&
                !contracts::is_in_path(one.spec, property.name)) {
                continue;
            }
            const wire::Value& schema =
                parameter(operation(method_of(one), std::string{one.spec.path}), property.name);
            const bool is_text = property.type.front().kind == wire::Schema::Kind::string;
            const wire::Value* low = schema.find(is_text ? "minLength" : "minimum");
            const wire::Value* high = schema.find(is_text ? "maxLength" : "maximum");
            const bool has_items = property.type.front().kind == wire::Schema::Kind::array;

            EXPECT_TRUE(has_items || (low != nullptr) == property.min.has_value()) << one.name;
            EXPECT_TRUE(has_items || (high != nullptr) == property.max.has_value()) << one.name;
            EXPECT_EQ(schema.find("anyOf"), nullptr) << one.name << " " << property.name;
        }
    }
}

TEST_F(OpenApi, asks_for_a_body_where_the_server_does) {
    const auto is_required = [&](const char* method, const char* path) {
        return text(*operation(method, path).find("requestBody")->find("required"));
    };

    EXPECT_EQ(is_required("patch", "/api/auth/me"), "true");
    EXPECT_EQ(is_required("post", "/api/auth/login"), "true");
    EXPECT_EQ(is_required("post", "/api/auth/refresh"), "false");
    EXPECT_EQ(operation("get", "/api/chats").find("requestBody"), nullptr);
}

TEST_F(OpenApi, has_no_schema_that_nothing_refers_to) {
    const std::string whole = text(document_);
    for (const auto& [name, schema] : *document_.find("components")->find("schemas")->if_object()) {
        EXPECT_NE(whole.find("\"#/components/schemas/" + name + "\""), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace loquat::gateway
