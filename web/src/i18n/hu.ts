export default Object.assign({}, ...Object.values(import.meta.glob(['../features/*/hu.json', '!../features/settings/hu.json'], { eager: true, import: 'default' })))
