# web_assets: the built web app (web/dist) as a library; see runtime/front/web_assets.hpp.  The generator runs with every
# build and leaves unchanged files alone, so a build after `./dev web` picks up the new app by itself.
set(WEB_ASSETS_SOURCE ${CMAKE_BINARY_DIR}/generated/web_assets.cpp)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_target(generate_web_assets
  COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/embed_web.py
    ${CMAKE_SOURCE_DIR}/web/dist ${CMAKE_BINARY_DIR}/generated
  BYPRODUCTS ${WEB_ASSETS_SOURCE}
  COMMENT "Looking for changes in web/dist")

add_library(web_assets STATIC ${WEB_ASSETS_SOURCE})
add_dependencies(web_assets generate_web_assets)
target_include_directories(web_assets PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_options(web_assets PRIVATE -fPIE -Wno-c23-extensions)
