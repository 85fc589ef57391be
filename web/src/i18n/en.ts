export default Object.assign({}, ...Object.values(import.meta.glob(['../features/*/en.json', '!../features/settings/en.json'], { eager: true, import: 'default' })))
