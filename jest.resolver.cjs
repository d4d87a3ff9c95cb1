// './x.js' in our own files means './x.ts' (or .tsx): sources are read without a build.
module.exports = (request, options) => {
  if (request.startsWith('.') && request.endsWith('.js') && !options.basedir.includes('node_modules')) {
    for (const extension of ['.ts', '.tsx']) {
      try {
        return options.defaultResolver(request.slice(0, -3) + extension, options);
      } catch {
        /* a real .js file */
      }
    }
  }
  return options.defaultResolver(request, options);
};
