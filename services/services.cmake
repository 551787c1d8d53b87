# Every service, one line each: its folder here, then each of its contracts as contracts/FOLDER/HEADER.  From here come
# the libraries, the modules of the program and of the tests' platforms (services/registry.hpp), all contracts
# (contracts/registry.hpp) and the words of help; tidy holds the tables of README.md and ARCHITECTURE.md to it.
set(LOQUAT_SERVICES
  "config"
  "auth auth/auth auth/accounts auth/guests"
  "model model/model"
  "chat chat/chat generation/generation usage/usage"
  "consumer audit/audit"
  "presence presence/presence"
  "product product/products product/stock"
  "cart cart/cart cart/carts cart/coupons"
  "session session/session session/sessions"
  "realtime"
  "registry"
  "gateway"
)
