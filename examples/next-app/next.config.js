/** The paths of the hosted API end in a slash. */
export default { trailingSlash: true }
