export default Object.assign({}, ...Object.values(import.meta.glob('../features/*/hu.json', { eager: true, import: 'default' })))
