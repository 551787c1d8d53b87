#include "services/gateway/routes/route.hpp"

namespace loquat::gateway {

LimitKind limit_kind_of(contracts::LimitClass of_class) {
    switch (of_class) {
        case contracts::LimitClass::standard:
            return LimitKind::standard;
        case contracts::LimitClass::sign_in:
            return LimitKind::sign_in;
        case contracts::LimitClass::model:
            return LimitKind::model;
        case contracts::LimitClass::shop:
            return LimitKind::shop;
        case contracts::LimitClass::guest:
            return LimitKind::guest;
        case contracts::LimitClass::none:
            break;
    }
    return LimitKind::none;
}

}  // namespace loquat::gateway
