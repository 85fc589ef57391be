export default Object.assign({}, ...Object.values(import.meta.glob('../features/*/de.json', { eager: true, import: 'default' })))
