#include "store/copy_error.hpp"

#include "base/failure.hpp"

namespace loquat::store {

std::exception_ptr copy_of(const std::exception_ptr& error) {
    if (!error) {
        return nullptr;
    }
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        return std::make_exception_ptr(failure);
    } catch (const std::exception& failure) {
        return std::make_exception_ptr(
            Failure{Kind::internal, "store.internal", "The store failed.", failure.what()});
    } catch (...) {
        return std::make_exception_ptr(
            Failure{Kind::internal, "store.internal", "The store failed."});
    }
}

}  // namespace loquat::store
