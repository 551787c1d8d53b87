#include "services/product/import/import_line.hpp"

namespace loquat::product {

contracts::ImportError to_import_error(std::size_t line, const Failure& failure) {
    contracts::ImportError error{.line = static_cast<std::int64_t>(line),
                                 .code = failure.code,
                                 .field = {},
                                 .message = failure.message};
    if (!failure.fields.empty()) {
        error.field = failure.fields.front().field;
        error.message = failure.fields.front().message;
    }
    return error;
}

}  // namespace loquat::product
