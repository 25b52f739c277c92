module.exports = { setupFilesAfterEnv: ['conversation-store/testing/jest'] }
