export default Object.assign({}, ...Object.values(import.meta.glob(['../features/*/de.json', '!../features/settings/de.json'], { eager: true, import: 'default' })))
