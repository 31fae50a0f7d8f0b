# Debian packages: libencke0, libencke-dev and encke. `./dev package` configures for /usr and runs CPack.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME encke)
set(CPACK_PACKAGE_VENDOR "The Encke authors")
# Whoever publishes packages puts an address of theirs here, and into packaging/debian/changelog.
set(ENCKE_MAINTAINER "The Encke authors <encke@localhost.localdomain>" CACHE STRING "maintainer of the packages")
set(CPACK_PACKAGE_CONTACT ${ENCKE_MAINTAINER})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/../packages)
set(CPACK_COMPONENTS_ALL runtime dev gateway)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_SET_DESTDIR ON)  # the settings go to /etc, outside of the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
set(same_library "libencke0 (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libencke0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Socket.IO server library (shared library)
libencke serves Socket.IO clients of all generations, by polling and
WebSocket, on several threads, and keeps account of the memory they take.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA
  "${PROJECT_SOURCE_DIR}/packaging/debian/shlibs;${PROJECT_SOURCE_DIR}/packaging/debian/triggers")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libencke-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "${same_library}, libboost1.81-dev | libboost-dev (>= 1.81), \
libboost-json1.81-dev | libboost-json-dev (>= 1.81), libssl-dev, zlib1g-dev, libcjose-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION "Socket.IO server library (development files)
Headers, the static library, and files for CMake and pkg-config, to write
Socket.IO servers with libencke.")

set(CPACK_DEBIAN_GATEWAY_PACKAGE_NAME encke)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_SECTION net)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_DEPENDS "${same_library}, adduser")
set(CPACK_COMPONENT_GATEWAY_DESCRIPTION "push gateway for Socket.IO clients
Browsers and apps connect to encke with a token; a backend reaches them,
their rooms and users through an HTTP API.")
set(scripts ${PROJECT_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_GATEWAY_PACKAGE_CONTROL_EXTRA
  "${scripts}/conffiles;${scripts}/postinst;${scripts}/prerm;${scripts}/postrm")
include(CPack)
