# Compiler rules, warnings, sanitizers and the packages that every layer may ask for.

# docs/adr/0001: what others get wrong or lack.
string(REPLACE GNU GCC compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
set(wanted "Install clang-19 (apt-get install clang-19 lld-19) and configure with a preset: cmake --preset release")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR "${compiler} miscompiles coroutines. ${wanted}")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
  message(FATAL_ERROR "${compiler} has no #embed. ${wanted}")
elseif(CMAKE_CXX_COMPILER_ID MATCHES Clang AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "${compiler} has no #embed, and no std::expected with libstdc++. ${wanted}")
elseif(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(WARNING "Loquat was never built with ${compiler}. ${wanted}")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)  # every target is compiled -fPIE, so that one precompiled header fits all
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

set(LOQUAT_SANITIZE "" CACHE STRING "address, thread or empty")
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT LOQUAT_SANITIZE)
  set(static_default ON)
else()
  set(static_default OFF)
endif()
set(LOQUAT_STATIC ${static_default} CACHE BOOL "link everything but the C library into the program, so that it runs alone")
set(LOQUAT_FUZZ OFF CACHE BOOL "have libFuzzer targets; needs the address sanitizer")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_library(loquat_options INTERFACE)
target_include_directories(loquat_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_definitions(loquat_options INTERFACE
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8 BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY
  $<$<NOT:$<BOOL:${LOQUAT_STATIC}>>:SPDLOG_COMPILED_LIB> SPDLOG_FMT_EXTERNAL _GLIBCXX_ASSERTIONS)
target_compile_options(loquat_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Werror=unused-result -Werror=return-type -Werror=switch -Wno-c23-extensions
  -Wno-missing-designated-field-initializers -Wno-missing-field-initializers
  -fPIE -fstack-protector-strong -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(loquat_options INTERFACE -Xclang -fno-pch-timestamp)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT LOQUAT_SANITIZE)
  target_compile_options(loquat_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
target_link_options(loquat_options INTERFACE -pie -fuse-ld=lld -Wl,-z,relro,-z,now -Wl,--gc-sections)

if(LOQUAT_SANITIZE STREQUAL "address")
  target_compile_options(loquat_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-sanitize=function)
  target_link_options(loquat_options INTERFACE -fsanitize=address,undefined)
elseif(LOQUAT_SANITIZE STREQUAL "thread")
  target_compile_options(loquat_options INTERFACE -fsanitize=thread)
  target_link_options(loquat_options INTERFACE -fsanitize=thread)
endif()

if(LOQUAT_STATIC)
  set(Boost_USE_STATIC_LIBS ON)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(ZLIB_USE_STATIC_LIBS ON)
  target_link_options(loquat_options INTERFACE -static-libstdc++ -static-libgcc)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(EXPAT REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
if(LOQUAT_STATIC)
  # What this release's libcrypto.a was built with: Debian 13's compresses certificates with zstd.
  pkg_check_modules(crypto REQUIRED libcrypto)
  if("zstd" IN_LIST crypto_STATIC_LIBRARIES)
    find_library(zstd_FILE libzstd.a REQUIRED)
    # CMake may have named it already, and then the linker would take the shared one.
    foreach(part SSL Crypto)
      get_property(needs TARGET OpenSSL::${part} PROPERTY INTERFACE_LINK_LIBRARIES)
      list(FILTER needs EXCLUDE REGEX "^(-l)?zstd$")
      set_property(TARGET OpenSSL::${part} PROPERTY INTERFACE_LINK_LIBRARIES ${needs})
    endforeach()
    set_property(TARGET OpenSSL::Crypto APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${zstd_FILE})
  endif()
endif()
target_link_libraries(loquat_options INTERFACE Threads::Threads Boost::headers)

# The packages whose own targets name only the shared library.
function(loquat_library name shared file)
  add_library(${name} INTERFACE)
  if(LOQUAT_STATIC)
    find_library(${name}_FILE ${file} REQUIRED)
    target_link_libraries(${name} INTERFACE ${${name}_FILE} ${CMAKE_DL_LIBS} m)
  else()
    target_link_libraries(${name} INTERFACE ${shared})
  endif()
endfunction()
loquat_library(sqlite_library SQLite::SQLite3 libsqlite3.a)
loquat_library(yaml_library yaml-cpp libyaml-cpp.a)
loquat_library(sodium_library PkgConfig::sodium libsodium.a)
loquat_library(expat_library EXPAT::EXPAT libexpat.a)
loquat_library(http2_library PkgConfig::nghttp2 libnghttp2.a)

# Regular expressions of configured routes.  Always from its archive: no program that has none loads it.
find_library(pcre2_FILE libpcre2-8.a REQUIRED)
add_library(pattern_library INTERFACE)
target_link_libraries(pattern_library INTERFACE ${pcre2_FILE})

# What Redis answers, taken apart.  Always from its archive: a few kilobytes, so that Redis needs nothing installed.
find_library(hiredis_FILE libhiredis.a REQUIRED)
add_library(redis_library INTERFACE)
target_link_libraries(redis_library INTERFACE ${hiredis_FILE})

# Properties of characters.  Always from its archive: the package's flags would reach every file.
find_library(utf8proc_FILE libutf8proc.a REQUIRED)
add_library(unicode_library INTERFACE)
target_link_libraries(unicode_library INTERFACE ${utf8proc_FILE})

# The grammar of messages, from its source: Debian has it only shared, and another one in each release
# (docs/adr/0024).  `./dev setup` fetches it.
set(LOQUAT_SOURCES ${CMAKE_SOURCE_DIR}/.cache/sources CACHE PATH "where ./dev setup put sources of libraries")
set(md4c ${LOQUAT_SOURCES}/md4c-0.5.2/src)
if(NOT EXISTS ${md4c}/md4c.c)
  message(FATAL_ERROR "${md4c} is missing: ./dev setup fetches it")
endif()
add_library(markdown_library STATIC ${md4c}/md4c.c ${md4c}/entity.c)
target_compile_definitions(markdown_library PRIVATE MD4C_USE_UTF8)
target_compile_options(markdown_library PRIVATE -w -fPIE -fstack-protector-strong -fno-omit-frame-pointer)
target_include_directories(markdown_library SYSTEM INTERFACE ${md4c})
if(LOQUAT_SANITIZE)
  target_compile_options(markdown_library PRIVATE -fsanitize=${LOQUAT_SANITIZE})
endif()

# The rules of time zones.  Always from its archives: the library's version is part of the names of its functions.
add_library(time_zone_library INTERFACE)
foreach(part time civil_time strings strings_internal base spinlock_wait int128 throw_delegate raw_logging_internal
        log_severity time_zone)
  find_library(absl_${part}_FILE libabsl_${part}.a REQUIRED)
  target_link_libraries(time_zone_library INTERFACE ${absl_${part}_FILE})
endforeach()

# Debian has the log's library and its formatter only shared; the headers of both can stand alone.
add_library(log_library INTERFACE)
if(LOQUAT_STATIC)
  target_link_libraries(log_library INTERFACE fmt::fmt-header-only)
else()
  target_link_libraries(log_library INTERFACE spdlog::spdlog fmt::fmt)
endif()
