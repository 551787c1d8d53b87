#include "contracts/product/products.hpp"

#include "contracts/core/binding.hpp"

namespace loquat::contracts {
namespace {

// The body is a file, and so nothing that the codec reads.
Task<RawReply> import_file(void* api, Caller caller, RawCall call) {
    ImportRequest request{.dry_run = false, .bytes = std::move(call.body)};
    for (const auto& [name, value] : call.query) {
        if (name == "dry_run" && value != "true" && value != "false") {
            throw invalid_field("dry_run", "type", "must be true or false");
        }
        request.dry_run = request.dry_run || (name == "dry_run" && value == "true");
    }
    auto& target = *static_cast<ProductApi*>(api);
    const ImportReport report =
        co_await target.import_products(std::move(caller), std::move(request));
    co_return RawReply{.status = 200, .body = wire::encode(report)};
}

Operation import_operation() {
    Operation operation{.service = Table<ProductApi>::service,
                        .name = "import_products",
                        .spec = {.method = "POST",
                                 .path = "/products/import",
                                 .summary = "Add and change many products: JSON lines, CSV or JSON",
                                 .access = Access::admin,
                                 .body_bytes_max = import_bytes_max,
                                 .time_max = std::chrono::minutes{5},
                                 .repeat = Repeat::safe},
                        .invoke = &import_file,
                        .request = nullptr,
                        .response = &detail::schema<ImportReport>,
                        .has_request = false};
    return operation;
}

}  // namespace

std::vector<Operation> products_operations() {
    std::vector<Operation> operations = bind_table<ProductApi>();
    operations.push_back(import_operation());
    return operations;
}

}  // namespace loquat::contracts
