# What `cmake --install` copies, and the packages that CPack makes of it. Components: runtime (the shared library), dev
# (headers, libencke.a, package files for CMake and pkg-config, documents), gateway (the program and what it needs).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/encke)
set(share_dir ${CMAKE_INSTALL_DATADIR}/encke)

# --- the library ---------------------------------------------------------------------------------
# The static library names what it was linked with; a program that takes the shared one need not have that.
if(ENCKE_SHARED)
  install(TARGETS encke EXPORT encke-targets
    LIBRARY COMPONENT runtime NAMELINK_COMPONENT dev)
  install(TARGETS encke_static EXPORT encke-static-targets ARCHIVE COMPONENT dev)
else()
  install(TARGETS encke EXPORT encke-static-targets ARCHIVE COMPONENT dev)
endif()
if(ENCKE_SHARED)
  install(EXPORT encke-targets NAMESPACE encke:: DESTINATION ${package_dir} COMPONENT dev)
endif()
install(EXPORT encke-static-targets NAMESPACE encke:: DESTINATION ${package_dir} COMPONENT dev)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/encke-config.cmake.in ${PROJECT_BINARY_DIR}/encke-config.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/encke-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/encke-config.cmake ${PROJECT_BINARY_DIR}/encke-config-version.cmake
  DESTINATION ${package_dir} COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/encke DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
  FILES_MATCHING PATTERN "*.hpp")

# From lib/pkgconfig, or lib/<triplet>/pkgconfig, back to the prefix: the tree may be moved.
string(REGEX REPLACE "[^/]+" ".." pc_up ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_file(${PROJECT_SOURCE_DIR}/cmake/encke.pc.in ${PROJECT_BINARY_DIR}/encke.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/encke.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

# --- documents -----------------------------------------------------------------------------------
function(encke_document component package)
  set(doc_dir ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package})
  if(ENCKE_DEBIAN)
    install(FILES ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz DESTINATION ${doc_dir} COMPONENT ${component})
    install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/copyright DESTINATION ${doc_dir} COMPONENT ${component})
  else()
    install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${doc_dir}
      COMPONENT ${component})
  endif()
endfunction()
if(ENCKE_DEBIAN)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/debian)
  execute_process(COMMAND gzip -9n -c ${PROJECT_SOURCE_DIR}/packaging/debian/changelog
    OUTPUT_FILE ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz COMMAND_ERROR_IS_FATAL ANY)
  set(library_doc libencke-dev)
  if(ENCKE_SHARED)
    encke_document(runtime libencke0)
  endif()
  encke_document(dev libencke-dev)
else()
  set(library_doc encke)
  encke_document(dev encke)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${library_doc} COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/guide ${PROJECT_SOURCE_DIR}/examples
  DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${library_doc} COMPONENT dev FILES_MATCHING PATTERN "*.md" PATTERN "*.cpp")

# --- the gateway ---------------------------------------------------------------------------------
if(ENCKE_GATEWAY)
  encke_document(gateway encke)
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(config_dir /etc/encke)
  else()
    set(config_dir etc/encke)
    # Beside its library, wherever the tree is moved.
    file(RELATIVE_PATH to_lib /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
    set_target_properties(encke_bin PROPERTIES INSTALL_RPATH "$ORIGIN/${to_lib}")
  endif()
  install(TARGETS encke_bin RUNTIME COMPONENT gateway)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/encke.toml DESTINATION ${config_dir} COMPONENT gateway)
  # What an operator reads, beside the API's description for programs that make clients of it.
  set(operator_pages operations http-api memory slow-clients)
  list(TRANSFORM operator_pages REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/docs/guide/\\1.md")
  install(FILES ${operator_pages} ${PROJECT_SOURCE_DIR}/docs/openapi.yaml
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/encke COMPONENT gateway)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/encke.bash-completion RENAME encke
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT gateway)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/encke.service DESTINATION lib/systemd/system COMPONENT gateway)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/encke.sysusers DESTINATION lib/sysusers.d RENAME encke.conf
    COMPONENT gateway)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/assets DESTINATION ${share_dir} COMPONENT gateway
    PATTERN vendor EXCLUDE)
  if(EXISTS ${ENCKE_CLIENT_DIR}/socket.io.js)
    install(DIRECTORY ${ENCKE_CLIENT_DIR}/ DESTINATION ${share_dir}/client COMPONENT gateway
      FILES_MATCHING PATTERN "*.js" PATTERN "*.map")
  endif()
  if(ENCKE_DEBIAN)
    install(FILES ${PROJECT_BINARY_DIR}/debian/encke.1.gz DESTINATION share/man/man1 COMPONENT gateway)
    execute_process(COMMAND gzip -9n -c ${PROJECT_SOURCE_DIR}/packaging/encke.1
      OUTPUT_FILE ${PROJECT_BINARY_DIR}/debian/encke.1.gz COMMAND_ERROR_IS_FATAL ANY)
  else()
    install(FILES ${PROJECT_SOURCE_DIR}/packaging/encke.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT gateway)
  endif()
endif()

if(ENCKE_DEBIAN)
  include(cmake/debian.cmake)
endif()
